package import Diagnostics

/// Waits until a machine's ssh server answers and learns its host keys.
///
/// `ssh-keyscan` does both: it connects, reads the `SSH-2.0-...` banner and exchanges keys, each
/// within its time; as it keeps the reason of a failure to itself, `ssh` is asked for that. The
/// keys are those of the first contact; pinning them means that nobody can
/// step in between later.
package struct SSHReadiness: Sendable {
    private static let firstDelaySeconds = 0.5
    private static let delayGrowth = 1.5
    private static let longestDelaySeconds = 5.0
    private static let firstAttemptSeconds = 5
    /// A machine that hardly gets a processor takes long to exchange keys.
    private static let longestAttemptSeconds = 60

    /// Host name or IP address.
    package var address: String
    /// Where its sshd listens.
    package var port: Int
    /// How long to wait altogether.
    package var deadlineSeconds: Double

    /// Describes what to wait for.
    package init(address: String, port: Int, deadlineSeconds: Double) {
        self.address = address
        self.port = port
        self.deadlineSeconds = deadlineSeconds
    }

    /// Waits.
    ///
    /// - Parameters:
    ///   - processes: starts `ssh-keyscan`.
    ///   - time: the clock to wait by.
    ///   - onAttempt: called after each attempt in vain with its reason.
    /// - Returns: lines for a `known_hosts` file, sorted.
    /// - Throws: `ssh.not-ready` with the last reason, `process.not-found`, `CancellationError`.
    package func wait(
        with processes: any ProcessRunner, time: any TimeSource = SystemTimeSource(),
        onAttempt: @Sendable (_ reason: String) -> Void = { _ in }
    ) async throws -> [String] {
        let start = time.monotonicSeconds()
        var delay = Self.firstDelaySeconds
        var attemptSeconds = Self.firstAttemptSeconds
        while true {
            let attempt = try await scan(within: attemptSeconds, with: processes)
            if !attempt.keys.isEmpty { return attempt.keys }
            onAttempt(attempt.reason)
            let passed = time.monotonicSeconds() - start
            // Jitter, so that many machines that start at once are not asked in step.
            let pause = delay * Double.random(in: 0.8...1.2)
            guard passed + pause < deadlineSeconds else { throw notReady(attempt.reason) }
            try await time.sleep(seconds: pause)
            delay = min(delay * Self.delayGrowth, Self.longestDelaySeconds)
            attemptSeconds = min(attemptSeconds + 1, Self.longestAttemptSeconds)
        }
    }

    private func scan(
        within seconds: Int, with processes: any ProcessRunner
    ) async throws -> (keys: [String], reason: String) {
        let command = ProcessCommand(
            executable: "ssh-keyscan",
            arguments: ["-T", String(seconds), "-p", String(port), "--", address],
            // It connects once for each kind of key.
            timeoutSeconds: Double(seconds * 6), graceSeconds: 1)
        do {
            let keys = try await processes.answer(to: command).lines.filter { !$0.hasPrefix("#") }
            if !keys.isEmpty { return (keys.sorted(), "") }
            return ([], try await reason(within: seconds, with: processes))
        } catch let error as Diagnostic where error.code == "process.timeout" {
            return ([], error.summary)
        }
    }

    /// What `ssh` says of a connection; it trusts no host key, so that it never logs in.
    private func reason(
        within seconds: Int, with processes: any ProcessRunner
    ) async throws -> String {
        let options = [
            "BatchMode=yes", "ConnectTimeout=\(seconds)", "StrictHostKeyChecking=yes",
            "UserKnownHostsFile=/dev/null", "GlobalKnownHostsFile=/dev/null",
        ]
        let command = ProcessCommand(
            executable: "ssh",
            arguments: ["-F", "none"] + options.flatMap { ["-o", $0] }
                + ["-p", String(port), "--", address, "true"],
            timeoutSeconds: Double(seconds * 3), graceSeconds: 1)
        let outcome = try await processes.run(command) { _ in }
        let last = outcome.standardErrorTail.split(whereSeparator: \.isNewline).last
        return last.map { $0.trimmed } ?? "no answer"
    }

    private func notReady(_ reason: String) -> Diagnostic {
        Diagnostic(
            code: "ssh.not-ready",
            summary: "`\(address)` port \(port) does not answer as an ssh server within "
                + "\(Int(deadlineSeconds)) seconds",
            causes: [reason],
            hint: "check that the machine has started and that its firewall lets ssh in from here")
    }
}
