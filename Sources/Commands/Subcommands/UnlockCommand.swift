import ArgumentParser
import BuildGraph
import Diagnostics

/// The command `dssbatch unlock MANIFEST --run-id ID`.
struct UnlockCommand: Command {
    static let configuration = CommandConfiguration(
        commandName: "unlock",
        abstract: "Breaks the lock of one run and no other.",
        discussion: """
            Only for a run that is certain to be dead: one that still lives stops before it writes \
            again, and what it was creating is left to the next run. Results in a folder need this \
            hardly ever: there a crash releases the lock. In S3 a run writes its lock anew every \
            30 seconds; one that was not heard of for 3 minutes is taken for dead by the next run, \
            and one whose process on this machine is gone at once. Example:
              dssbatch unlock manifests/release.json --run-id 4f9c2c1e-0b7d-4c8e-9a61-2d3c5b7e8f90
            """)

    @OptionGroup var manifestOptions: ManifestOptions
    @OptionGroup(title: "Common options") var global: GlobalOptions

    @Option(help: ArgumentHelp("The run, as the message about the lock names it.", valueName: "id"))
    var runId: String

    func run(_ call: Invocation) async throws -> ExitStatus {
        let session = try manifestOptions.session(global, call)
        let sign = try await session.store.breakLock(runId: runId)
        if let sign {
            session.emit(
                .warning(
                    "about run \(runId): \(sign); a run that lives stops before it writes again, "
                        + "and what it was creating is left to the next run"))
        }
        session.output.say("the lock of run \(runId) is broken")
        return .fresh
    }
}
