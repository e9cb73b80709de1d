import Ansible
import Diagnostics
import Foundation
import Sandbox

/// Runs playbooks with `ansible-runner`.
struct AnsibleProvisioner: Provisioner {
    let projectPath: String
    let processes: any ProcessRunner
    let connection: CloudConnection

    /// The machine's name in the inventory.
    private static let hostName = "sandbox"
    private static let timeoutSeconds = 5400.0

    func run(
        _ play: Play, onTask: @escaping @Sendable (String, Int) -> Void
    ) async throws -> PlayRecap {
        let environment = ProcessInfo.processInfo.environment
            .merging(try await connection.environment()) { _, connected in connected }
        let runner = try AnsibleRunnerLocation.find(
            environment: environment, projectFolder: projectPath,
            isExecutable: { FileManager.default.isExecutableFile(atPath: $0) })
        let machine = play.machine
        let run = AnsibleRun(
            playbookPath: play.playbook,
            inventory: .ssh(
                host: Self.hostName, address: machine.host, port: machine.port,
                user: machine.user, privateKeyPath: machine.privateKeyPath,
                knownHosts: machine.knownHosts.split(separator: "\n").map(String.init)),
            extraVariables: play.variables, secrets: play.environment, runnerPath: runner,
            timeoutSeconds: Self.timeoutSeconds)
        let time = SystemTimeSource()
        let start = time.monotonicSeconds()
        let report = try await run.run(with: processes, environment: environment) { progress in
            if case .taskStarted(let name, let number) = progress { onTask(name, number - 1) }
        }
        let recap = report.recap[Self.hostName] ?? AnsibleRecap()
        return PlayRecap(
            ok: recap.ok, changed: recap.changed, skipped: recap.skipped,
            seconds: time.monotonicSeconds() - start)
    }
}
