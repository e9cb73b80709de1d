package import Diagnostics
import Synchronization

/// Programs that exist only in a test: what they print and how they end is given.
///
/// Every command is kept; what the script does not answer should throw, so that a call that the
/// test was not told of fails it.
package final class ScriptedProcessRunner: ProcessRunner {
    /// What a program prints to standard output, and how it ends.
    package struct Reply: Sendable {
        /// Standard output, line by line.
        package var lines: [String]
        /// How the program ends.
        package var outcome: ProcessOutcome

        /// Makes a reply.
        package init(lines: [String] = [], status: Int = 0, standardErrorTail: String = "") {
            self.lines = lines
            outcome = ProcessOutcome(status: status, standardErrorTail: standardErrorTail)
        }
    }

    private let script: @Sendable (ProcessCommand) async throws -> Reply
    private let kept = Mutex<[ProcessCommand]>([])

    /// What was run so far.
    package var commands: [ProcessCommand] { kept.withLock { $0 } }

    /// Makes a runner that asks `script` what each program does.
    package init(_ script: @escaping @Sendable (ProcessCommand) async throws -> Reply) {
        self.script = script
    }

    /// Keeps the command and plays the script's reply.
    package func run(
        _ command: ProcessCommand, onLine: @escaping @Sendable (String) async -> Void
    ) async throws -> ProcessOutcome {
        kept.withLock { $0.append(command) }
        let reply = try await script(command)
        for line in reply.lines { await onLine(line) }
        return reply.outcome
    }
}
