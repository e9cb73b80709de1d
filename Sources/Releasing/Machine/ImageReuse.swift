import BuildGraph
import JSON

/// Whether `export-vm` makes another image of a machine that it has made one of before.
enum ImageReuse {
    /// Whether an image has to be made although one is recorded.
    ///
    /// A machine may have changed since, which no record tells. So an image whose exports are
    /// complete is not used again; one whose exports are not complete, because they were
    /// interrupted or another format is asked for, is.
    ///
    /// - Parameters:
    ///   - exports: the plan of the exports that are asked for.
    ///   - ofMachine: the recorded image of the machine; nil where there is none.
    ///   - ofRelease: the recorded image that the exports are made of; nil where there is none.
    static func takesNew(
        exports: Plan, ofMachine: StoredResult?, ofRelease: StoredResult?
    ) -> Bool {
        exports.isFresh && imageId(ofMachine) != nil
            && imageId(ofMachine) == imageId(ofRelease)
    }

    /// The image that a result of stage `ami` last gave.
    static func imageId(_ result: StoredResult?) -> String? {
        result?.record?.lastGood?.outputs?["imageId"]?.stringValue
    }
}
