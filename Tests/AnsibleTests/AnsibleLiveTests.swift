import Ansible
import Diagnostics
import Foundation
import JSON
import Synchronization
import TestSupport
import Testing

/// The `ansible-runner` of this machine; nil where it has none.
private let installedRunner = try? AnsibleRunnerLocation.find(
    environment: ProcessInfo.processInfo.environment,
    projectFolder: ProjectPath.root,
    isExecutable: { FileManager.default.isExecutableFile(atPath: $0) })

/// Runs of the real `ansible-runner`.
@Suite(
    .enabled(if: installedRunner != nil),
    .disabled(if: UnitRun.isOne, "it runs Ansible; `bin/test --fast` runs it"))
struct AnsibleLiveTests {
    /// Runs a playbook's tasks on this machine.
    private func run(
        _ tasks: String, secrets: [String: Secret] = [:],
        onProgress: @escaping @Sendable (AnsibleProgress) -> Void = { _ in }
    ) async throws -> AnsibleReport {
        let folder = try PrivateFolder(prefix: "dss-live")
        let temporary = try folder.makeFolder("t")
        let play = "- name: Live\n  hosts: sandbox\n  gather_facts: false\n  tasks:\n"
        let playbook = try folder.write((play + tasks).utf8, to: "site.yml")
        let result: Result<AnsibleReport, any Error>
        do {
            result = .success(
                try await AnsibleRun(
                    playbookPath: playbook,
                    inventory: .local(host: "vm", groups: ["sandbox"]),
                    extraVariables: ["who": "ä \"quoted\""], secrets: secrets,
                    runnerPath: try #require(installedRunner), timeoutSeconds: 1200,
                    temporaryFolder: temporary
                ).run(
                    with: SubprocessRunner(), environment: ProcessInfo.processInfo.environment,
                    onProgress: onProgress))
        } catch { result = .failure(error) }
        #expect(try FileManager.default.contentsOfDirectory(atPath: temporary) == [])
        try folder.delete()
        return try result.get()
    }

    private func failure(
        _ tasks: String, secrets: [String: Secret] = [:]
    ) async throws -> Diagnostic {
        try await #require(throws: Diagnostic.self) { try await run(tasks, secrets: secrets) }
    }

    @Test func `a playbook gets its variables and secrets and is reported`() async throws {
        let report = try await run(
            """
                - name: check
                  ansible.builtin.assert:
                    that:
                      - who == 'ä "quoted"'
                      - lookup('env', 'DSS_LIVE') == 'hush'
                - name: change
                  ansible.builtin.command: "true"
            """, secrets: ["DSS_LIVE": Secret("hush")])
        #expect(report.recap["vm"]?.ok == 2)
        #expect(report.recap["vm"]?.changed == 1)
        #expect(report.tasks.map(\.task) == ["check", "change"])
        #expect(report.tasks.map(\.status) == [.ok, .changed])
        #expect(report.tasks.allSatisfy { $0.seconds > 0 })
    }

    @Test func `a failing task is named without the secret that it printed`() async throws {
        let error = try await failure(
            """
                - name: break
                  ansible.builtin.shell: "echo $DSS_LIVE >&2; exit 7"
            """, secrets: ["DSS_LIVE": Secret("hush")])
        #expect(error.code == "ansible.task-failed")
        #expect(error.summary == "task `break` failed on `vm`")
        #expect(error.causes.contains("standard error: <secret>"))
        #expect(error.causes.contains("exit status 7"))
        #expect(!error.description.contains("hush"))
    }

    @Test func `a playbook that cannot be read is quoted`() async throws {
        let error = try await failure("    - name: [unclosed\n")
        #expect(error.code == "ansible.playbook-error")
        #expect(error.causes.first?.contains("YAML parsing failed") == true)
    }

    @Test func `cancelling ends the playbook and what it started`() async throws {
        let marker = "1886.\(Int.random(in: 100_000...999_999))"
        let started = Mutex(false)
        let task = Task {
            try await run("    - name: wait\n      ansible.builtin.command: sleep \(marker)\n") {
                if case .taskStarted = $0 { started.withLock { $0 = true } }
            }
        }
        #expect(try await eventually { started.withLock { $0 } && isRunning(marker) })
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        #expect(try await eventually { !isRunning(marker) })
    }

    private func isRunning(_ argument: String) -> Bool {
        let processes = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return processes.contains { process in
            let line = (try? FileContents.read("/proc/\(process)/cmdline")) ?? []
            return line.starts(with: Array("sleep\0\(argument)\0".utf8))
        }
    }
}
