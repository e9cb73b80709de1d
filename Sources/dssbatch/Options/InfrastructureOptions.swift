import ArgumentParser
import BuildGraph
import FoundationEssentials
import Sandbox

/// The manifest of a command that brings one permanent stack up to date.
struct InfrastructureOptions: ParsableArguments {
    @Option(help: "The manifest of the permanent stacks.")
    var manifest = "manifests/infrastructure.json"

    @OptionGroup var changes: ManifestChanges

    /// Runs one stage and what it cannot do without.
    ///
    /// - Parameters:
    ///   - stage: the stack's stage in the manifest.
    ///   - settings: what the command's own options set, before `--set`.
    func run(
        _ stage: String, _ global: GlobalOptions, settings: [String] = []
    ) async throws {
        var options = ManifestOptions()
        options.manifest = manifest
        options.changes = changes
        options.changes.settings = settings + changes.settings
        let session = try Session(options, global, kind: InfrastructureManifest.self)
        try await session.runToEnd(
            RunOptions(
                lock: session.lock,
                selection: try Selection(only: [stage], force: [], skip: [], in: session.graph),
                localSlots: ProcessInfo.processInfo.activeProcessorCount))
    }
}
