import BuildGraph
import Diagnostics

extension Session {
    /// Runs what is stale, heeding signals, as every command does that runs something.
    ///
    /// - Throws: `Exit` with the status of anything but success.
    func runToEnd(_ options: RunOptions) async throws {
        let interrupts = Interruptible()
        let status = await interrupts.run { try await run(options) }
        output.finish()
        if case .success(let status) = status,
            [ExitStatus.interrupted, ExitStatus.terminated].contains(status)
        {
            StandardStreams.writeError(
                "interrupted\nhint: run the same command again to continue\n")
        }
        switch status {
        case .success(let status): if status != ExitStatus.fresh { throw Exit(status: status) }
        case .failure(let error): throw error
        }
    }
}
