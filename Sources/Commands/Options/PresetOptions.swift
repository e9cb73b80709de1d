import ArgumentParser
import Releasing

/// The manifest of a command that is a preset over its stages.
struct PresetOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp("The manifest (default: manifests/release.json).", valueName: "file"),
        completion: ManifestCompletion.manifests, transform: FileArgument.path)
    var manifest = "manifests/release.json"

    @OptionGroup var changes: ManifestChanges

    /// The session of the release.
    ///
    /// - Parameters:
    ///   - settings: what the command's own options set, before `--set`.
    ///   - layout: how the stages are laid out.
    ///   - output: where events go; nil for what the options say.
    func session(
        _ global: GlobalOptions, _ call: Invocation, settings: [String] = [],
        layout: PipelineLayout = .release(ReleaseLayout()), output: EventOutput? = nil
    ) throws -> ReleaseSession {
        var changes = changes
        changes.settings = settings + changes.settings
        let release = try Manifest.release(
            contentsOf: manifest, changedBy: changes.overrides(global, call)
        ).release
        return try ReleaseSession(
            release, changes, global, call, named: manifest, layout: layout, output: output)
    }

    /// Does something with one machine that is there already.
    ///
    /// - Parameter settings: what the command's own options set, before `--set`.
    func run(
        _ task: MachineTask, settings: [String], _ running: RunningOptions,
        _ global: GlobalOptions, _ call: Invocation
    ) async throws -> ExitStatus {
        let session = try session(
            global, call, settings: settings, layout: .machine(task)
        ).session
        let (place, options) = (session.workplace, running.options(call.console))
        return try await session.perform { try await task.run(at: place, options) }
    }
}
