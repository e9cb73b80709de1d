import ArgumentParser
import BuildGraph
import Diagnostics
import Releasing

/// The command `dssbatch plan MANIFEST`.
struct PlanCommand: Command {
    static let configuration = CommandConfiguration(
        commandName: "plan",
        abstract: "Says what would run, and why. Writes nothing.",
        discussion: """
            For a release no network is needed. For stacks that are to run, CloudFormation is \
            asked what it would change: a change set is made, shown and deleted again. \
            --offline leaves that out. Examples:
              dssbatch plan manifests/release.json --explain
              dssbatch plan manifests/infrastructure.json
              dssbatch plan manifests/infrastructure.json --offline --only vm-bucket
            """)

    @OptionGroup var manifestOptions: ManifestOptions
    @OptionGroup(title: "Selection") var selectionOptions: SelectionOptions
    @OptionGroup(title: "Common options") var global: GlobalOptions

    @Flag(help: "Print every reason.")
    var explain = false

    @Flag(help: "Exit with status 10 where something is stale.")
    var detailedExitcode = false

    @Flag(help: "Ask nobody what would change in a stack.")
    var offline = false

    @Option(
        help: ArgumentHelp("Write the plan to a file for `run --plan`.", valueName: "file"),
        transform: FileArgument.path)
    var output: String?

    func run(_ call: Invocation) async throws -> ExitStatus {
        let single = output != nil ? "--output" : selectionOptions.verify ? "--verify" : nil
        let changes = manifestOptions.changes
        switch try manifestOptions.read(global, call, single: single) {
        case .matrix(let matrix):
            return try await MatrixSession(matrix, changes, global, call).showPlan(
                selectionOptions, explain: explain, isExitDetailed: detailedExitcode)
        case .single(let manifest):
            return try await plan(
                Session(manifest, changes, global, call, named: manifestOptions.manifest))
        }
    }

    private func plan(_ session: Session) async throws -> ExitStatus {
        let selection = try session.selection(selectionOptions)
        let (plan, world) = try await session.manifest.plan(
            selection, at: session.workplace, verify: selectionOptions.verify)
        Self.show(session, plan, explain: explain)
        if !offline {
            let status = try await Self.preview(session, plan, world)
            guard status == .fresh else { return status }
        }
        if let output { try await session.write(plan, world, to: output) }
        return detailedExitcode && !plan.isFresh ? .stale : .fresh
    }

    /// Prints a plan: text, or one `plan` event.
    static func show(_ session: Session, _ plan: Plan, explain: Bool) {
        if session.options.json {
            session.emit(.plan(plan))
        } else {
            session.call.console.printLine(
                PlanText.text(plan, session.output.planForm(explain: explain)))
        }
    }

    /// Prints what the plan's stages would change; takes back what that needs in the cloud even
    /// where it is interrupted.
    static func preview(
        _ session: Session, _ plan: Plan, _ world: RecordedWorld
    ) async throws -> ExitStatus {
        try await Interruptible(saysInterrupted: false).run(session.output) {
            try await session.manifest.preview(plan, world, at: session.workplace)
            return .fresh
        }
    }
}
