import FoundationEssentials
import Glibc
import Subprocess
import SystemPackage

/// Runs real programs through swift-subprocess, each in a session of its own.
package struct SubprocessRunner: ProcessRunner {
    private let lineLimitBytes: Int
    private static let standardErrorLimitBytes = 64 * 1024

    /// Makes a runner.
    ///
    /// - Parameter lineLimitBytes: the rest of a longer line is dropped.
    package init(lineLimitBytes: Int = 16 * 1024 * 1024) {
        self.lineLimitBytes = lineLimitBytes
        Self.ignoreBrokenPipes
    }

    /// Once for the whole process: a program that ends without reading its input must not end us.
    ///
    /// swift-subprocess gives programs the default again.
    private static let ignoreBrokenPipes: Void = { _ = signal(SIGPIPE, SIG_IGN) }()

    /// Runs a program to its end; see `ProcessRunner`.
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
        let tree = ProcessTree()
        await ParentWatch.start()
        do {
            let result = try await Subprocess.run(
                configuration(command, tree), input: .inputWriter, output: .sequence,
                error: .sequence
            ) { execution in
                let errors = execution.standardError
                let input = execution.standardInputWriter
                async let tail = Self.tail(of: errors)
                async let fed: Void = Self.feed(command.standardInput, to: input)
                let text: Result<String, any Error>
                do {
                    try await readLines(of: execution.standardOutput, command, onLine)
                    await fed
                    text = .success(try await tail)
                } catch { text = .failure(error) }
                let hasFailed = if case .failure = text { true } else { false }
                if Task.isCancelled || hasFailed {
                    let leader = execution.processIdentifier.value
                    // Nobody reads on, and only a cancelled task's program has been told so.
                    if hasFailed { kill(-leader, SIGTERM) }
                    await tree.end(leader: leader, graceSeconds: command.graceSeconds)
                }
                return try text.get()
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

    private func configuration(_ command: ProcessCommand, _ tree: ProcessTree) -> Configuration {
        var options = PlatformOptions()
        // A session: its own process group, and no terminal that a program could ask questions on.
        options.createSession = true
        options.teardownSequence = [
            .gracefulShutDown(
                toProcessGroup: true,
                allowedDurationToNextStep: .seconds(max(0, command.graceSeconds)))
        ]
        var variables = command.inherits.chosen(from: ProcessInfo.processInfo.environment)
        for (name, value) in command.environment { variables[name] = value }
        variables[ProcessTree.variableName] = command.leavesServers ? nil : tree.mark
        var environment: [Environment.Key: String] = [:]
        for (name, value) in variables {
            if let key = Environment.Key(rawValue: name) { environment[key] = value }
        }
        return Configuration(
            executable: command.executable.contains("/")
                ? .path(FilePath(command.executable)) : .name(command.executable),
            arguments: Arguments(command.arguments),
            environment: .custom(environment),
            workingDirectory: command.workingDirectory.map { FilePath($0) },
            platformOptions: options)
    }

    /// Writes the whole input and closes it, which `.array` does not where the writing fails.
    ///
    /// A program that ends, or stops reading, before it has read all says by its status whether
    /// that was an error.
    private static func feed(_ input: [UInt8], to writer: StandardInputWriter) async {
        _ = try? await writer.write(input)
        try? await writer.finish()
    }

    private func readLines(
        of output: SubprocessOutputSequence, _ command: ProcessCommand,
        _ onLine: @Sendable (String) async -> Void
    ) async throws {
        var splitter = LineSplitter(limitBytes: min(lineLimitBytes, command.outputLimitBytes))
        var sizeBytes = 0
        for try await buffer in output {
            sizeBytes += buffer.count
            guard sizeBytes <= command.outputLimitBytes else { throw tooMuch(command) }
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

    private func tooMuch(_ command: ProcessCommand) -> Diagnostic {
        Diagnostic(
            code: "process.too-much",
            summary: "`\(command.executable)` answers more than \(command.outputLimitBytes) bytes",
            hint: "run it by hand and see what it writes")
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
