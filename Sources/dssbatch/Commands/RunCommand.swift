import ArgumentParser
import BuildGraph
import Diagnostics
import Foundation
import JSON
import Sandbox

/// The command `dssbatch [run] MANIFEST`.
struct RunCommand: AsyncParsableCommand {
    /// What happens to a machine when a stage fails.
    enum OnError: String, ExpressibleByArgument, CaseIterable {
        case cleanup, keep, ask

        /// The choice in the runner's terms.
        var choice: BuildGraph.OnError {
            switch self {
            case .cleanup: .cleanup
            case .keep: .keep
            case .ask: .ask { await KeepQuestion.ask(about: $0) }
            }
        }
    }

    static let configuration = CommandConfiguration(
        commandName: "run", abstract: "Runs what is stale (the command where none is named).")

    @OptionGroup var manifestOptions: ManifestOptions
    @OptionGroup(title: "Selection") var selectionOptions: SelectionOptions
    @OptionGroup(title: "Common options") var global: GlobalOptions

    @Flag(name: [.customShort("n"), .long], help: "Only say what would run.")
    var dryRun = false

    @Flag(name: [.short, .long], help: "Go on with what does not depend on a failed stage.")
    var keepGoing = false

    @Option(name: .short, help: "How many local jobs at once.")
    var jobs: Int = ProcessInfo.processInfo.activeProcessorCount

    @Option(help: "After a failure: cleanup, keep or ask.")
    var onError: OnError = .cleanup

    @Option(help: "How long to wait for another run, in seconds.")
    var waitLock: Double = 0

    @Option(help: "Do just what this plan says; see `dssbatch plan --output`.")
    var plan: String?

    func validate() throws {
        if jobs < 1 { throw ValidationError("-j needs a number above 0") }
        if waitLock < 0 { throw ValidationError("--wait-lock needs a number of seconds") }
        if !selectionOptions.whatIf.isEmpty && !dryRun {
            throw ValidationError("--what-if only makes sense with --dry-run, or in `plan`")
        }
    }

    func run() async throws {
        let session = try Session(manifestOptions, global)
        let planned = try plan.map { path in
            try PlanFile(json: JSONValue.parse(contentsOf: path), source: path)
        }
        let selection = try planned?.selection ?? session.selection(selectionOptions)
        if dryRun {
            try await PlanCommand.show(
                session,
                try await session.plan(selection, verify: selectionOptions.verify).plan,
                explain: false)
            return
        }
        try await session.runToEnd(
            RunOptions(
                lock: session.lock, selection: selection, keepGoing: keepGoing,
                onError: onError.choice, localSlots: jobs, waitLockSeconds: waitLock,
                verify: selectionOptions.verify,
                expectedPlan: planned))
    }
}
