import Diagnostics

/// Runs work that SIGINT and SIGTERM cancel.
struct Interruptible {
    /// Runs `work` to its end.
    ///
    /// - Returns: the status it ends with; 130 or 143 where a signal ended it.
    func run(_ work: @escaping @Sendable () async throws -> Int32) async -> Result<Int32, any Error>
    {
        let task = Task { try await work() }
        let signals = InterruptSignals(onFirst: { task.cancel() })
        let result = await task.result
        guard let status = signals.exitStatus else { return result }
        switch result {
        // It ended well before the signal could stop it.
        case .success(ExitStatus.fresh): return result
        default: return .success(status)
        }
    }
}
