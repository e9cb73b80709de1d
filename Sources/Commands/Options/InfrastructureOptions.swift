import ArgumentParser
import BuildGraph
import Sandbox

/// The manifest of a command that brings one permanent stack up to date.
struct InfrastructureOptions: ParsableArguments {
    @Option(
        help: "The manifest of the permanent stacks (default: manifests/infrastructure.json).",
        transform: FileArgument.path)
    var manifest = "manifests/infrastructure.json"

    @OptionGroup var changes: ManifestChanges

    /// Runs one stage and what it cannot do without.
    ///
    /// A stack that was not asked for and is deployed stays as it is, stale or not: nobody expects
    /// the firewall to change by a command about builds.
    ///
    /// - Parameters:
    ///   - stage: the stack's stage in the manifest.
    ///   - settings: what the command's own options set, before `--set`.
    func run(
        _ stage: String, _ running: RunningOptions, _ global: GlobalOptions, _ call: Invocation,
        settings: [String] = []
    ) async throws -> ExitStatus {
        let infrastructure = try Manifest.infrastructure(
            contentsOf: manifest, changedBy: changes.overrides(global, call, settings))
        let session = try Session(.infrastructure(infrastructure), changes, global, call)
        var selection = try Selection(only: [stage], force: [], skip: [], in: session.graph)
        let (plan, world) = try await session.plan(selection, verify: false)
        let left = plan.stages.filter {
            $0.name.rawValue != stage && $0.state != .fresh
                && world.results[$0.name]?.record?.lastGood?.outputs != nil
        }
        for other in left {
            session.output.say(
                "stack `\(other.name)` is not up to date, and stays as it is: it was not asked for")
        }
        selection.skip = Set(left.map(\.name))
        return try await session.runToEnd(running.options(session, selection))
    }
}
