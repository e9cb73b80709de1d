import BuildGraph
import Diagnostics

extension Session {
    /// Runs what is stale, heeding signals, as every command does that runs something.
    ///
    /// - Parameter isAnswered: asked at each signal; true where somebody waited for it.
    /// - Throws: `Exit` with the status of anything but success.
    func runToEnd(
        _ options: RunOptions, isAnswered: @escaping @Sendable () -> Bool = { false }
    ) async throws {
        let interrupts = Interruptible(isAnswered: isAnswered)
        let status = await interrupts.run { try await run(options) }
        output.finish()
        if case .success(let status) = status,
            [ExitStatus.hungUp, ExitStatus.interrupted, ExitStatus.terminated].contains(status)
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
