package import Diagnostics
import FoundationEssentials
import Glibc
package import JSON
import Synchronization

/// One run of a playbook through `ansible-runner run -j`.
package struct AnsibleRun: Sendable {
    /// The playbook; its folder is the project (roles, `ansible.cfg`).
    package var playbookPath: String
    /// The machine that it works on.
    package var inventory: AnsibleInventory
    /// An object, which goes into a 0600 file; secrets belong into `secrets`.
    package var extraVariables: JSONValue
    /// Environment variables for `lookup('env', ...)`, by name.
    package var secrets: [String: Secret]
    /// Only tasks with one of these tags; all where there is none.
    package var tags: [String]
    /// The `ansible-runner` to use, as `AnsibleRunnerLocation` finds it.
    package var runnerPath: String
    /// Longest run time.
    package var timeoutSeconds: Double
    /// Where the private folder is made; short, because ssh's control sockets lie in it.
    package var temporaryFolder: String

    /// Describes a run.
    package init(
        playbookPath: String, inventory: AnsibleInventory, extraVariables: JSONValue = [:],
        secrets: [String: Secret] = [:], tags: [String] = [], runnerPath: String,
        timeoutSeconds: Double, temporaryFolder: String = SystemFolder.temporary
    ) {
        self.playbookPath = playbookPath
        self.inventory = inventory
        self.extraVariables = extraVariables
        self.secrets = secrets
        self.tags = tags
        self.runnerPath = runnerPath
        self.timeoutSeconds = timeoutSeconds
        self.temporaryFolder = temporaryFolder
    }

    /// Runs the playbook; the private folder is gone afterwards, however it ends.
    ///
    /// - Parameters:
    ///   - processes: starts `ansible-runner`.
    ///   - environment: this process's environment.
    ///   - onProgress: called for each task as it begins and ends, in order.
    /// - Returns: the recap and each task's seconds.
    /// - Throws: `ansible.task-failed`, `ansible.unreachable`, `ansible.playbook-error`,
    ///   `ansible.runner-missing`, `process.timeout`, `CancellationError`.
    package func run(
        with processes: any ProcessRunner,
        environment: [String: String],
        onProgress: @escaping @Sendable (AnsibleProgress) -> Void
    ) async throws -> AnsibleReport {
        guard FileManager.default.fileExists(atPath: playbookPath) else {
            throw Diagnostic(
                code: "ansible.playbook-error", severity: .configuration,
                summary: "there is no playbook `\(playbookPath)`", location: playbookPath,
                hint: "correct `/provision/playbook` in the manifest")
        }
        let files = try AnsibleFiles(self)
        defer {
            do { try files.delete() } catch {
                onProgress(.warning(Diagnostic.from(error).description))
            }
        }
        let result: Result<AnsibleReport, any Error>
        do {
            result = .success(
                try await run(with: processes, environment, files, onProgress: onProgress))
        } catch { result = .failure(error) }
        for problem in await closeConnections(files, processes) { onProgress(.warning(problem)) }
        return try result.get()
    }

    private func run(
        with processes: any ProcessRunner, _ environment: [String: String], _ files: AnsibleFiles,
        onProgress: @escaping @Sendable (AnsibleProgress) -> Void
    ) async throws -> AnsibleReport {
        let transcript = Mutex(
            AnsibleTranscript(
                playbook: playbookPath, redaction: SecretRedaction(secrets.values),
                isContainer: inventory.isContainer))
        let command = ProcessCommand(
            executable: runnerPath,
            arguments: [
                "run", files.folder.path, "--project-dir", files.playbookFolder,
                "-p", files.playbookName, "-j",
            ],
            environment: AnsibleEnvironment.changes(
                inherited: environment, run: self, files: files),
            timeoutSeconds: timeoutSeconds,
            // ansible-runner ends ansible-playbook, which has a session of its own, at SIGTERM.
            graceSeconds: 20)
        let outcome: ProcessOutcome
        do {
            outcome = try await processes.run(command) { line in
                for progress in transcript.withLock({ $0.add(line) }) { onProgress(progress) }
            }
        } catch let error as Diagnostic where error.code == "process.not-found" {
            throw AnsibleRunnerLocation.missing(error.summary)
        }
        return try transcript.withLock { transcript in
            try transcript.report(
                status: outcome.status, standardErrorTail: outcome.standardErrorTail)
        }
    }

    /// Ends the ssh masters at once that would otherwise wait for `ControlPersist` to pass.
    ///
    /// In a task of its own, because a cancelled one could start no program.
    ///
    /// - Returns: what could not be ended though it still listens, each with its reason.
    private func closeConnections(
        _ files: AnsibleFiles, _ processes: any ProcessRunner
    ) async -> [String] {
        await Task.detached {
            var problems: [String] = []
            for socket in files.controlSockets {
                let command = ProcessCommand(
                    executable: "ssh",
                    // ssh wants the name of a host even here, and asks none.
                    arguments: [
                        "-F", "none", "-o", "ControlPath=\(SSHOption.path(socket))", "-O", "exit",
                        "sandbox",
                    ],
                    timeoutSeconds: 30, graceSeconds: 1)
                do {
                    let outcome = try await processes.run(command) { _ in }
                    // It may have ended by itself meanwhile, as where the machine is gone.
                    if outcome.status != 0, files.controlSockets.contains(socket) {
                        problems.append(outcome.standardErrorTail.trimmed)
                    }
                } catch { problems.append(Diagnostic.from(error).summary) }
            }
            return problems.map { "an ssh connection stays open for a minute: \($0)" }
        }.value
    }
}
