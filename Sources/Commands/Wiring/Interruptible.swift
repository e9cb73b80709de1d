import Diagnostics
@preconcurrency import Dispatch

/// Runs work that SIGINT, SIGTERM and SIGHUP cancel.
struct Interruptible {
    /// Asked at each signal; true where somebody waited for it, and the work goes on.
    var isAnswered: @Sendable () -> Bool = { false }

    /// What is told at each signal; nil where the work tells it.
    var interruption: Interruption?

    /// Whether an interruption is said; not where the work says what becomes of it.
    var saysInterrupted = true

    /// Runs work to its end, and takes the live view away.
    ///
    /// - Returns: the status it ends with; 129, 130 or 143 where a signal ended it.
    /// - Throws: what `work` throws where no signal came.
    func run(
        _ output: EventOutput, _ work: @escaping @Sendable () async throws -> ExitStatus
    ) async throws -> ExitStatus {
        let task = Task { try await work() }
        let signals = InterruptSignals(
            isAnswered: isAnswered,
            onFirst: {
                task.cancel()
                // Whoever reads the terminal no more holds up neither this nor a second signal.
                guard let interruption else { return }
                DispatchQueue.global().async { output.say(interruption.first) }
            },
            onSecond: {
                guard let interruption else { return }
                output.finish()
                output.console.writeError(interruption.second + "\n")
            })
        let result = await task.result
        output.finish()
        guard let interruption = signals.exitStatus else { return try result.get() }
        // It ended well before the signal could stop it.
        if case .success(.fresh) = result { return .fresh }
        if saysInterrupted {
            output.console.writeError("interrupted\nhint: run the same command again to continue\n")
        }
        return interruption
    }
}
