import Foundation
import Subprocess
import SystemPackage

/// Runs real programs through swift-subprocess, each in a session of its own.
package struct SubprocessRunner: ProcessRunner {
    private let lineLimitBytes: Int
    private static let standardErrorLimitBytes = 64 * 1024

    /// Makes a runner.
    ///
    /// - Parameter lineLimitBytes: the rest of a longer line is dropped.
    package init(lineLimitBytes: Int = 16 * 1024 * 1024) { self.lineLimitBytes = lineLimitBytes }

    package func run(
        _ command: ProcessCommand, onLine: @escaping @Sendable (String) async -> Void
    ) async throws -> ProcessOutcome {
        try await withThrowingTaskGroup(of: ProcessOutcome?.self) { group in
            group.addTask { try await runWithoutTimeout(command, onLine: onLine) }
            group.addTask {
                try await Task.sleep(for: .seconds(max(0, command.timeoutSeconds)))
                return nil
            }
            let first: ProcessOutcome?
            do {
                first = try await group.next() ?? nil
            } catch is CancellationError {
                // Whichever child heard of it first: the program must be gone before this returns.
                group.cancelAll()
                while (try? await group.next()) != nil {}
                throw CancellationError()
            }
            group.cancelAll()
            if let first { return first }
            // The program is torn down before this throws, for the group waits for its children.
            while let late = await group.nextResult() {
                if case .failure(let error) = late, !(error is CancellationError) { throw error }
            }
            throw timeout(command)
        }
    }

    private func runWithoutTimeout(
        _ command: ProcessCommand, onLine: @escaping @Sendable (String) async -> Void
    ) async throws -> ProcessOutcome {
        do {
            let result = try await Subprocess.run(
                configuration(command), input: .array(command.standardInput), output: .sequence,
                error: .sequence
            ) { execution in
                let output = execution.standardOutput
                let errors = execution.standardError
                async let tail = Self.tail(of: errors)
                try await readLines(of: output, onLine)
                let text = try await tail
                if Task.isCancelled {
                    await ProcessGroupEnd.enforce(
                        leader: execution.processIdentifier.value,
                        graceSeconds: command.graceSeconds)
                }
                return text
            }
            try Task.checkCancellation()
            let status =
                switch result.terminationStatus {
                case .exited(let code): Int(code)
                case .signaled(let signal): 128 + Int(signal)
                }
            return ProcessOutcome(status: status, standardErrorTail: result.closureResult)
        } catch let error as SubprocessError {
            try Task.checkCancellation()
            throw failure(command, error)
        }
    }

    private func configuration(_ command: ProcessCommand) -> Configuration {
        var options = PlatformOptions()
        // A session: its own process group, and no terminal that a program could ask questions on.
        options.createSession = true
        options.teardownSequence = [
            .gracefulShutDown(
                toProcessGroup: true,
                allowedDurationToNextStep: .seconds(max(0, command.graceSeconds)))
        ]
        var changes: [Environment.Key: String?] = [:]
        for (name, value) in command.environment {
            if let key = Environment.Key(rawValue: name) { changes.updateValue(value, forKey: key) }
        }
        return Configuration(
            executable: command.executable.contains("/")
                ? .path(FilePath(command.executable)) : .name(command.executable),
            arguments: Arguments(command.arguments),
            environment: .inherit.updating(changes),
            workingDirectory: command.workingDirectory.map { FilePath($0) },
            platformOptions: options)
    }

    private func readLines(
        of output: SubprocessOutputSequence, _ onLine: @Sendable (String) async -> Void
    ) async throws {
        var splitter = LineSplitter(limitBytes: lineLimitBytes)
        for try await buffer in output {
            for line in buffer.withUnsafeBytes({ splitter.add($0) }) { await onLine(line) }
        }
        if let last = splitter.rest() { await onLine(last) }
    }

    private static func tail(of errors: SubprocessOutputSequence) async throws -> String {
        var tail: [UInt8] = []
        for try await buffer in errors {
            buffer.withUnsafeBytes { tail += $0 }
            let excess = tail.count - standardErrorLimitBytes
            if excess > 0 { tail.removeFirst(excess) }
        }
        return String(decoding: tail, as: UTF8.self)
    }

    private func timeout(_ command: ProcessCommand) -> Diagnostic {
        Diagnostic(
            code: "process.timeout",
            summary: "`\(command.executable)` ran longer than \(command.timeoutSeconds) seconds",
            hint: "look at what it waited for, then run the same command again")
    }

    private func failure(_ command: ProcessCommand, _ error: SubprocessError) -> Diagnostic {
        switch error.code {
        case .executableNotFound:
            Diagnostic(
                code: "process.not-found", severity: .configuration,
                summary: "cannot find the program `\(command.executable)`",
                hint: "install it, or put its folder on the `PATH`")
        case .failedToChangeWorkingDirectory:
            Diagnostic(
                code: "process.no-folder", severity: .configuration,
                summary: "cannot run `\(command.executable)` in that folder",
                location: command.workingDirectory,
                hint: "check that the folder exists and that you may enter it")
        default:
            Diagnostic(
                code: "process.not-run", summary: "cannot run `\(command.executable)`",
                causes: [error.description],
                hint: "check that it is executable and that the machine is not out of memory")
        }
    }
}

/// Makes sure that nothing of a cancelled program is left.
private enum ProcessGroupEnd {
    /// Waits until the leader has ended, at most for the grace and a little longer, then kills
    /// what is left of its group.
    ///
    /// swift-subprocess stops as soon as the leader has ended, which leaves a grandchild that
    /// ignores SIGTERM. The leader is not reaped yet, so its number cannot be another's.
    static func enforce(leader: pid_t, graceSeconds: Double) async {
        // A task of its own, because one that is cancelled cannot sleep.
        await Task.detached {
            let deadline = ContinuousClock.now + .seconds(graceSeconds + 5)
            while !hasEnded(leader), ContinuousClock.now < deadline {
                try? await Task.sleep(for: .milliseconds(20))
            }
            kill(-leader, SIGKILL)
        }.value
    }

    private static func hasEnded(_ leader: pid_t) -> Bool {
        var information = siginfo_t()
        let result = waitid(P_PID, id_t(leader), &information, WEXITED | WNOHANG | WNOWAIT)
        // The number stays zero where nothing has happened yet.
        return result != 0 || information.si_signo == SIGCHLD
    }
}
