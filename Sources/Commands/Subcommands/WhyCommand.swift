import ArgumentParser
import BuildGraph
import Diagnostics
import JSON
import Releasing

/// The command `dssbatch why MANIFEST STAGE`.
struct WhyCommand: Command {
    static let configuration = CommandConfiguration(
        commandName: "why",
        abstract: "Shows the lowest cause of a stage's state, and the chain from there to it.",
        discussion: """
            Example:
              dssbatch why manifests/release.json export-vmdk
            """)

    @OptionGroup var manifestOptions: ManifestOptions

    @Argument(help: "The stage, such as export-vmdk.", completion: ManifestCompletion.stages)
    var stage: String

    @OptionGroup(title: "Common options") var global: GlobalOptions

    func run(_ call: Invocation) async throws -> ExitStatus {
        let session = try manifestOptions.session(global, call)
        // Also tells an unknown stage, with the names that there are.
        _ = try Selector.resolve([stage], in: session.graph)
        let (plan, world) = try await session.manifest.plan(
            at: session.workplace, compares: false)
        guard let why = plan.why(StageName(rawValue: stage), in: session.graph) else {
            throw ValidationError("`\(stage)` names several stages")
        }
        let failures = world.results.compactMapValues {
            $0.record?.error?.told(in: session.store.location)
        }
        let now = call.time.now()
        let ages = world.results.compactMapValues {
            $0.record.map { Ages.text($0.run.finishedAt, at: now) }
        }
        call.console.printLine(
            global.json
                ? WhyText.json(why, failures).compactText
                : WhyText.text(why, failures, ages: ages, session.output.dataPalette))
        return .fresh
    }
}
