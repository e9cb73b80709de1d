/// Starts programs; arguments are arrays, never a shell's string.
package protocol ProcessRunner: Sendable {
    /// Runs a program to its end.
    ///
    /// Cancelling the task sends SIGTERM to the program's process group, and SIGKILL after
    /// `command.graceSeconds`.
    ///
    /// - Parameters:
    ///   - command: what to run.
    ///   - onLine: called for each line of standard output, in order.
    /// - Returns: how it ended and the end of what it wrote to standard error.
    /// - Throws: `process.not-found`, `process.timeout`, `process.too-much`, `CancellationError`.
    func run(
        _ command: ProcessCommand, onLine: @escaping @Sendable (String) async -> Void
    ) async throws -> ProcessOutcome
}

/// One program with its arguments; secrets go into `environment` or `standardInput` only.
package struct ProcessCommand: Sendable {
    /// A path, or a name to look up on the PATH.
    package var executable: String
    /// What follows the program on its command line; never a secret.
    package var arguments: [String]
    /// What it gets of this process's own environment.
    package var inherits: InheritedEnvironment
    /// Added to (and overriding) what it inherits; nil removes a variable.
    package var environment: [String: String?]
    /// Where it runs; nil for this process's own folder.
    package var workingDirectory: String?
    /// What it can read; closed afterwards.
    package var standardInput: [UInt8]
    /// Longest run time.
    package var timeoutSeconds: Double
    /// Time between SIGTERM and SIGKILL.
    package var graceSeconds: Double
    /// The most that it may write on its standard output before it is ended.
    package var outputLimitBytes = Int.max
    /// Whether it may leave servers behind that live on when it and this process have ended.
    package var leavesServers: Bool

    /// Makes a command.
    package init(
        executable: String, arguments: [String] = [],
        inherits: InheritedEnvironment = .needed(), environment: [String: String?] = [:],
        workingDirectory: String? = nil, standardInput: [UInt8] = [],
        timeoutSeconds: Double, graceSeconds: Double = 10, leavesServers: Bool = false
    ) {
        self.executable = executable
        self.arguments = arguments
        self.inherits = inherits
        self.environment = environment
        self.workingDirectory = workingDirectory
        self.standardInput = standardInput
        self.timeoutSeconds = timeoutSeconds
        self.graceSeconds = graceSeconds
        self.leavesServers = leavesServers
    }
}

/// How a program ended.
package struct ProcessOutcome: Sendable, Equatable {
    /// The exit status; 128 + n where signal n ended it.
    package var status: Int
    /// The last lines of standard error, at most 64 KiB.
    package var standardErrorTail: String

    /// Makes an outcome.
    package init(status: Int, standardErrorTail: String = "") {
        self.status = status
        self.standardErrorTail = standardErrorTail
    }
}
