import BuildGraph
import JSON
import OrderedCollections

/// What is published of a release, from recorded results alone.
///
/// An image is where everybody may start it, and anything that a published release names.
struct PublishedThings {
    private let named: ReleasedNames
    private let images: Set<String>
    private let since: String
    private let isPushed: Bool

    /// Reads what the stages that publish recorded last.
    init(_ results: [StageName: StoredResult]) {
        named = ReleasedNames(results)
        let run = results[PublishAMI.stageName]?.record?.lastGood
        let isPublic = run?.outputs?["public"] == .bool(true)
        let regions = run?.outputs?["images"]?.objectValue
        images = isPublic ? Set(regions?.values.compactMap(\.stringValue) ?? []) : []
        isPushed = results["docker-push"]?.record?.lastGood != nil
        since = String(run?.finishedAt.prefix(10) ?? "")
    }

    /// Whether there is anything.
    var isAnything: Bool { !images.isEmpty || named.isAnything || isPushed }

    /// Who has a thing that a run made, in a plan's words; nil where nobody has.
    func publication(of id: String, madeBy run: RecordedRun) -> String? {
        if images.contains(id) {
            let count = images.count
            return "public in \(count) region\(count == 1 ? "" : "s") since \(since)"
        }
        return named.holder(of: id, madeBy: run).map { "named by \($0)" }
    }

    /// What a stage that makes a thing anew replaces.
    static func effects(
        _ facts: StageEffects.Facts, creates what: String, of stage: StageName, region: String
    ) -> StageEffects {
        let published = PublishedThings(facts.results)
        let things =
            facts.run.map { run in
                ReplacedThing.made(by: run, of: stage, region: region).map { thing in
                    StageEffects.Replacement(
                        thing.label, publication: published.publication(of: thing.id, madeBy: run))
                }
            } ?? []
        return StageEffects(creates: [what], replaces: things)
    }
}
