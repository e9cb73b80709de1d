package import BuildGraph

/// Brings one permanent stack up to date, and what it cannot do without.
///
/// A stack that was not asked for and is deployed stays as it is, stale or not: nobody expects the
/// firewall to change by a command about builds.
package struct StackUpdate: Sendable {
    private let stage: StageName
    private let place: Workplace

    /// - Parameter stage: the stack's stage in the manifest.
    package init(of stage: StageName, at place: Workplace) {
        self.stage = stage
        self.place = place
    }

    /// Runs the stage.
    ///
    /// - Parameters:
    ///   - options: of the run; what is selected is decided here.
    ///   - say: told which stacks stay as they are although they are stale.
    /// - Throws: `graph.unknown-selection`; as `Workplace.run`.
    package func run(
        _ options: RunOptions, say: @Sendable (String) -> Void
    ) async throws -> RunSummary {
        var selection = try Selection(
            only: [stage.rawValue], force: [], skip: [], in: place.graph)
        let (plan, world) = try await place.plan(selection, verify: false)
        let left = plan.stages.filter {
            $0.name != stage && $0.state != .fresh
                && world.results[$0.name]?.record?.lastGood?.outputs != nil
        }
        for other in left {
            say("stack `\(other.name)` is not up to date, and stays as it is: it was not asked for")
        }
        selection.skip = Set(left.map(\.name))
        return try await place.run(options.selecting(selection))
    }
}
