import Diagnostics

/// Runs work that SIGINT, SIGTERM and SIGHUP cancel.
struct Interruptible {
    /// Asked at each signal; true where somebody waited for it, and the work goes on.
    var isAnswered: @Sendable () -> Bool = { false }

    /// Runs `work` to its end.
    ///
    /// - Returns: the status it ends with; 129, 130 or 143 where a signal ended it.
    func run(_ work: @escaping @Sendable () async throws -> Int32) async -> Result<Int32, any Error>
    {
        let task = Task { try await work() }
        let signals = InterruptSignals(isAnswered: isAnswered, onFirst: { task.cancel() })
        let result = await task.result
        guard let status = signals.exitStatus else { return result }
        switch result {
        // It ended well before the signal could stop it.
        case .success(ExitStatus.fresh): return result
        default: return .success(status)
        }
    }

    /// Does work that ends with a status, heeding signals, and takes the live view away.
    ///
    /// - Parameters:
    ///   - isAnswered: asked at each signal; true where somebody waited for it.
    ///   - saysInterrupted: whether that is said; not where the work says what becomes of it.
    /// - Throws: `Exit` with the status of anything but success; what `work` throws.
    static func finishing(
        _ output: EventOutput, isAnswered: @escaping @Sendable () -> Bool = { false },
        saysInterrupted: Bool = true,
        _ work: @escaping @Sendable () async throws -> Int32
    ) async throws {
        let status = await Interruptible(isAnswered: isAnswered).run(work)
        output.finish()
        if saysInterrupted, case .success(let status) = status,
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
