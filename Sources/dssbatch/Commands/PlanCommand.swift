import ArgumentParser
import BuildGraph
import Diagnostics

/// The command `dssbatch plan MANIFEST`.
struct PlanCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plan",
        abstract: "Says what would run, and why. Needs no network and writes nothing.")

    @OptionGroup var manifestOptions: ManifestOptions
    @OptionGroup(title: "Selection") var selectionOptions: SelectionOptions
    @OptionGroup(title: "Common options") var global: GlobalOptions

    @Flag(help: "Print every reason.")
    var explain = false

    @Flag(help: "Exit with status 10 where something is stale.")
    var detailedExitcode = false

    @Option(help: "Write the plan to a file for `run --plan`.")
    var output: String?

    func run() async throws {
        let session = try Session(manifestOptions, global)
        let selection = try session.selection(selectionOptions)
        let (plan, world) = try await session.plan(
            selection, verify: selectionOptions.verify)
        try await Self.show(session, plan, explain: explain)
        if let output { try session.write(plan, world, to: output) }
        if detailedExitcode && !plan.isFresh { throw Exit(status: ExitStatus.stale) }
    }

    /// Prints a plan: text, or one `plan` event.
    static func show(_ session: Session, _ plan: Plan, explain: Bool) async throws {
        if session.options.json {
            session.emit(.plan(plan))
        } else {
            StandardStreams.printLine(PlanText.text(plan, explain: explain))
        }
    }
}
