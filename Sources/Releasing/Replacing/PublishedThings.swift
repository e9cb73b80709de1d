import BuildGraph
import Diagnostics
import JSON
import OrderedCollections

/// What is published of a release, from recorded results alone.
///
/// An image is where everybody may start it, and anything that a published release names.
struct PublishedThings {
    private let releases: ReleasedNames
    /// What everybody may start, by region.
    let publicImages: [String: String]
    private let since: String
    private let isPushed: Bool

    /// Reads what the stages that publish recorded last.
    init(_ results: [StageName: StoredResult]) {
        releases = ReleasedNames(results)
        let run = results[PublishAMI.stageName]?.record?.lastGood
        let isPublic = run?.outputs?["public"] == .bool(true)
        let regions = isPublic ? run?.outputs?["images"]?.objectValue : nil
        publicImages = Dictionary(
            (regions ?? [:]).compactMap { region, id in id.stringValue.map { (region, $0) } }
        ) { first, _ in first }
        isPushed = results["docker-push"]?.record?.lastGood != nil
        since = String(run?.finishedAt.prefix(10) ?? "")
    }

    /// Whether there is anything.
    var isAnything: Bool { !publicImages.isEmpty || releases.isAnything || isPushed }

    /// What published releases name, sorted.
    var named: [String] { (releases.names ?? []).map(\.text).sorted() }

    /// Who has a thing, in a plan's words; nil where nobody has.
    ///
    /// - Parameter date: when it was made, RFC 3339.
    func publication(of id: String, madeAt date: String) -> String? {
        if publicImages.values.contains(id) {
            let count = Set(publicImages.values).count
            return "public in \(count) region\(count == 1 ? "" : "s") since \(since)"
        }
        return releases.holder(of: id, madeAt: date).map { "named by \($0)" }
    }

    /// What a stage that makes a thing anew replaces.
    ///
    /// - Parameter lost: what is published though no run of the stage is recorded.
    static func effects(
        _ facts: StageEffects.Facts, creates what: String, of stage: StageName, region: String,
        lost: [StageEffects.Replacement]
    ) -> StageEffects {
        let published = PublishedThings(facts.results)
        let things =
            facts.run.map { run in
                ReplacedThing.made(by: run, of: stage, region: region).map { thing in
                    StageEffects.Replacement(
                        thing.label,
                        publication: published.publication(of: thing.id, madeAt: run.finishedAt))
                }
            } ?? []
        return StageEffects(creates: [what], replaces: things + lost)
    }
}
