import ArgumentParser
import BuildGraph
import Diagnostics
import JSON
import Releasing

/// The command `dssbatch [run] MANIFEST`.
struct RunCommand: Command {
    static let configuration = CommandConfiguration(
        commandName: "run", abstract: "Runs what is stale (the command where none is named).",
        discussion: """
            Examples:
              dssbatch manifests/release.json
              dssbatch manifests/release.json --only export --force export-vmdk
              dssbatch manifests/release.json --local --keep-going
            """)

    @OptionGroup var manifestOptions: ManifestOptions
    @OptionGroup(title: "Selection") var selectionOptions: SelectionOptions
    @OptionGroup(title: "Running") var running: RunningOptions
    @OptionGroup(title: "Common options") var global: GlobalOptions

    @Flag(name: [.customShort("n"), .long], help: "Only say what would run.")
    var dryRun = false

    @OptionGroup var freshMachine: FreshMachineOption

    @Option(
        help: ArgumentHelp(
            "Do just what this plan says; see `dssbatch plan --output`.", valueName: "file"),
        transform: FileArgument.path)
    var plan: String?

    func validate() throws {
        if !selectionOptions.whatIf.isEmpty && !dryRun {
            throw ValidationError("--what-if only makes sense with --dry-run, or in `plan`")
        }
    }

    func run(_ call: Invocation) async throws -> ExitStatus {
        let single = plan != nil ? "--plan" : dryRun && selectionOptions.verify ? "--verify" : nil
        let changes = manifestOptions.changes
        switch try manifestOptions.read(global, call, single: single) {
        case .matrix(let matrix):
            let session = try MatrixSession(
                matrix, changes, global, call, layout: freshMachine.layout)
            if dryRun { return try await session.showPlan(selectionOptions) }
            return try await session.run(selectionOptions, running)
        case .single(let manifest):
            return try await run(
                Session(
                    manifest, changes, global, call, named: manifestOptions.manifest,
                    layout: .release(freshMachine.layout)))
        }
    }

    private func run(_ session: Session) async throws -> ExitStatus {
        let planned = try plan.map { path in
            try PlanFile(json: JSONValue.parse(contentsOf: path), source: path)
        }
        let selection = try planned?.selection ?? session.selection(selectionOptions)
        if dryRun {
            let (plan, world) = try await session.manifest.plan(
                selection, at: session.workplace, verify: selectionOptions.verify)
            PlanCommand.show(session, plan, explain: false)
            return try await PlanCommand.preview(session, plan, world)
        }
        var options = running.options(session.call.console, selection)
        options.verify = selectionOptions.verify
        options.expectedPlan = planned
        return try await session.run(options)
    }
}
