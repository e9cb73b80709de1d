import Synchronization

/// How a program ended and what it wrote on its standard output.
package struct ProgramAnswer: Sendable {
    /// The longest answer that is waited for.
    static let limitBytes = 1 << 20

    /// How it ended.
    package let outcome: ProcessOutcome
    /// Every line with its end.
    package let text: String

    /// The lines that hold anything.
    package var lines: [String] { text.split(separator: "\n").map(String.init) }
}

extension ProcessRunner {
    /// Runs a program for what it answers; one that never ends its answer is ended.
    ///
    /// - Throws: as `run(_:onLine:)`; `process.too-much` for more than 1 MiB.
    package func answer(to command: ProcessCommand) async throws -> ProgramAnswer {
        var limited = command
        limited.outputLimitBytes = ProgramAnswer.limitBytes
        let text = Mutex("")
        let outcome = try await run(limited) { line in text.withLock { $0 += line + "\n" } }
        return ProgramAnswer(outcome: outcome, text: text.withLock { $0 })
    }
}
