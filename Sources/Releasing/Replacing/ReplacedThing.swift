import BuildGraph
import Diagnostics
import JSON

/// One image or object that a stage has recorded as its output.
package struct ReplacedThing: Codable, Sendable, Hashable {
    /// What it is, and so how it goes.
    package enum Kind: String, Codable, CaseIterable, Sendable {
        case image
        case object
    }

    package let kind: Kind
    /// An image's id, or `s3://bucket/key`.
    package let id: String
    package let region: String
    /// Of an object.
    package let bucket: String?
    /// Of an object.
    package let key: String?

    /// Whether both are the same thing: ids and keys are bytes.
    package static func == (one: ReplacedThing, other: ReplacedThing) -> Bool {
        one.kind == other.kind && one.region == other.region && one.exact == other.exact
    }

    /// Hashes what tells things apart.
    package func hash(into hasher: inout Hasher) { hasher.combine(exact) }

    private var exact: [ExactText] { [id, bucket ?? "", key ?? ""].map(ExactText.init) }

    /// As a person would name it.
    package var label: String { kind == .image ? "image \(id)" : id }

    /// An image.
    static func image(_ id: String, region: String) -> ReplacedThing {
        ReplacedThing(kind: .image, id: id, region: region, bucket: nil, key: nil)
    }

    /// An object.
    static func object(bucket: String, key: String, region: String) -> ReplacedThing {
        ReplacedThing(
            kind: .object, id: "s3://\(bucket)/\(key)", region: region, bucket: bucket, key: key)
    }

    /// What a run of a stage made; nothing of stages whose outputs lie elsewhere.
    ///
    /// - Parameter region: of a release's images where nothing else tells.
    static func made(by run: RecordedRun, of stage: StageName, region: String) -> [ReplacedThing] {
        guard let outputs = run.outputs else { return [] }
        let name = stage.rawValue
        if name == "ami" || name.hasPrefix("ami-copy-") {
            guard let id = outputs["imageId"]?.stringValue else { return [] }
            // An image does not say where it is; the identity does: `region/name` of before, too.
            let place = run.identity?.split(separator: "/").first.map(String.init)
            return [.image(id, region: outputs["region"]?.stringValue ?? place ?? region)]
        }
        guard let bucket = outputs["bucket"]?.stringValue else { return [] }
        let region = outputs["region"]?.stringValue ?? region
        // A verification names the object that it looked at, and did not make it.
        if name.hasPrefix("export-"), let key = outputs["key"]?.stringValue {
            return [.object(bucket: bucket, key: key, region: region)]
        }
        guard name == "export-inventory" || name == "docker-inventory" else { return [] }
        return ["inventory", "sbom"].compactMap { outputs[$0]?["key"]?.stringValue }
            .map { .object(bucket: bucket, key: $0, region: region) }
    }
}
