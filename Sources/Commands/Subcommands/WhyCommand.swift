import ArgumentParser
import BuildGraph
import JSON

/// The command `dssbatch why MANIFEST STAGE`.
struct WhyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "why",
        abstract: "Shows the lowest cause of a stage's state, and the chain from there to it.")

    @OptionGroup var manifestOptions: ManifestOptions

    @Argument(help: "The stage, such as export-vmdk.")
    var stage: String

    @OptionGroup(title: "Common options") var global: GlobalOptions

    func run() async throws {
        let session = try Session(manifestOptions, global)
        // Also tells an unknown stage, with the names that there are.
        _ = try Selector.resolve([stage], in: session.graph)
        let (plan, _) = try await session.plan(Selection(), verify: false, compares: false)
        guard let why = plan.why(StageName(rawValue: stage), in: session.graph) else {
            throw ValidationError("`\(stage)` names several stages")
        }
        StandardStreams.printLine(
            global.json ? WhyText.json(why).compactText : WhyText.text(why))
    }
}
