import Diagnostics

/// What is published is not replaced unless the run is told so.
package enum Protection {
    static let code = "publish.protected"

    private static func hint(_ adoptions: [String]) -> String {
        let consent = "`--replace-published`: what is replaced stays until its successor is there"
        if adoptions.isEmpty { return "look at `dssbatch plan`, then give \(consent)" }
        return "record what is there: " + adoptions.map { "`\($0)`" }.joined(separator: ", then ")
            + "; or replace it with \(consent)"
    }

    /// Makes sure that nothing published is replaced by the stages that will run.
    ///
    /// - Parameter id: what is going to be adopted, and so is not replaced.
    /// - Throws: `publish.protected`, severity `.configuration`, whose causes name all of it.
    package static func check(_ plan: Plan, adopting id: String? = nil) throws {
        let stages = plan.stages.filter { $0.state == .run }
        try check(
            causes(plan) { $0.adoption == nil || $0.adoption?.id != id },
            adoptions: stages.flatMap(\.effects.adoptions))
    }

    /// What of the published the stages that will run replace.
    ///
    /// - Parameter counts: whether a thing is asked about at all.
    package static func causes(
        _ plan: Plan, counts: (StageEffects.Replacement) -> Bool = { _ in true }
    ) -> [String] {
        plan.stages.filter { $0.state == .run }.flatMap { stage in
            stage.effects.published.filter(counts)
                .map { "stage \(stage.name) replaces \($0.text)" }
        }
    }

    /// Refuses where there is any cause.
    ///
    /// - Parameter adoptions: commands that leave nothing to be replaced.
    /// - Throws: `publish.protected`, severity `.configuration`.
    package static func check(
        _ causes: [String], adoptions: [String] = [],
        summary: String = "this run would replace what is published"
    ) throws {
        guard !causes.isEmpty else { return }
        throw Diagnostic(
            code: code, severity: .configuration, summary: summary, causes: causes,
            hint: hint(adoptions))
    }

    /// Why a stage that turned out to have to run may not; nil where it may.
    static func problem(_ stage: StageName, _ effects: StageEffects) -> Diagnostic? {
        guard !effects.published.isEmpty else { return nil }
        return Diagnostic(
            code: code, summary: "stage `\(stage)` would replace what is published",
            causes: effects.published.map { "it replaces \($0.text)" }, hint: hint([]))
    }
}

/// Answers that are looked up before a run is planned for good: they may decide whether anything
/// published is replaced.
struct EarlyLookups {
    /// The lookups that come first; empty where nothing hangs on them.
    let names: Set<StageName>
    private let selection: Selection

    init(_ plan: Plan, _ graph: StageGraph) {
        selection = plan.selection
        names =
            Self.isAtStake(plan)
            ? Set(
                plan.stages.filter { $0.state == .run && graph[$0.name]?.isLookup == true }
                    .map(\.name)) : []
    }

    /// Whether anything published hangs on an answer that is still to be looked up: whether it is
    /// replaced, or whether it can be adopted instead.
    static func isAtStake(_ plan: Plan) -> Bool {
        plan.stages.contains { stage in
            stage.state == .maybe && !stage.effects.published.isEmpty
                || stage.state == .run && !stage.effects.adoptions.isEmpty && stage.key == nil
        }
    }

    /// Asks for the lookups alone.
    var first: Selection {
        Selection(
            only: names, force: selection.force.intersection(names), refresh: selection.refresh)
    }

    /// Asks for the rest, with the answers as they are recorded now.
    var rest: Selection {
        var rest = selection
        rest.force.subtract(names)
        rest.skip.formUnion(names)
        rest.refresh = false
        return rest
    }
}
