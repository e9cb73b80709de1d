import ArgumentParser
import BuildGraph
import Diagnostics

/// The command `dssbatch unlock MANIFEST --run-id ID`.
struct UnlockCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "unlock",
        abstract: "Breaks the lock of one run and no other.",
        discussion: """
            Only for a run that is certain to be dead: one that still lives stops before it writes \
            again, and what it was creating is left to the next run.
            """)

    @OptionGroup var manifestOptions: ManifestOptions
    @OptionGroup(title: "Common options") var global: GlobalOptions

    @Option(help: "The run, as the message about the lock names it.")
    var runId: String

    func run() async throws {
        let session = try Session(manifestOptions, global)
        try await session.store.breakLock(runId: runId)
        session.output.say("the lock of run \(runId) is broken")
    }
}
