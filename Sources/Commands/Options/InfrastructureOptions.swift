import ArgumentParser
import BuildGraph
import Releasing

/// The manifest of a command that brings one permanent stack up to date.
struct InfrastructureOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The manifest of the permanent stacks (default: manifests/infrastructure.json).",
            valueName: "file"),
        completion: ManifestCompletion.manifests, transform: FileArgument.path)
    var manifest = "manifests/infrastructure.json"

    @OptionGroup var changes: ManifestChanges

    /// Brings one stack up to date.
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
        let update = StackUpdate(of: StageName(rawValue: stage), at: session.workplace)
        let (options, output) = (running.options(call.console), session.output)
        return try await session.perform { try await update.run(options) { output.say($0) } }
    }
}
