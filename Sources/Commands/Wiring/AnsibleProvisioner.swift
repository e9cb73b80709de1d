import Ansible
import Diagnostics
import DockerEngine
import FoundationEssentials
import Releasing

/// Runs playbooks with `ansible-runner`.
struct AnsibleProvisioner: Provisioner {
    let projectPath: String
    let processes: any ProcessRunner
    let connection: CloudConnection

    /// The machine's name in the inventory.
    private static let hostName = "sandbox"
    /// Emulated machines, and no others, are logged in to by password.
    private static func timeoutSeconds(_ target: PlayTarget) -> Double {
        if case .passwordMachine = target { 3 * 3600 } else { 5400 }
    }

    func run(
        _ play: Play, onTask: @escaping @Sendable (String, Int) -> Void,
        onOutput: @escaping @Sendable (String) -> Void
    ) async throws -> AnsibleReport {
        let environment = try await connection.environment()
        let runner = try AnsibleRunnerLocation.find(
            environment: environment, projectFolder: projectPath,
            isExecutable: { FileManager.default.isExecutableFile(atPath: $0) })
        let run = AnsibleRun(
            playbookPath: play.playbook, inventory: Self.inventory(play.target),
            extraVariables: play.variables, secrets: play.environment, runnerPath: runner,
            timeoutSeconds: Self.timeoutSeconds(play.target), temporaryFolder: play.scratchFolder)
        return try await run.run(with: processes, environment: environment) { progress in
            switch progress {
            case .taskStarted(let name, let number): onTask(name, number - 1)
            case .output(let text), .warning(let text): onOutput(text)
            case .taskFinished: break
            }
        }
    }

    private static func inventory(_ target: PlayTarget) -> AnsibleInventory {
        func lines(_ text: String) -> [String] { text.split(separator: "\n").map(String.init) }
        switch target {
        case .machine(let machine):
            return .ssh(
                host: hostName, address: machine.host, port: machine.port, user: machine.user,
                privateKeyPath: machine.privateKeyPath, knownHosts: lines(machine.knownHosts))
        case .passwordMachine(let host, let port, let user, let knownHosts, let variable):
            return .password(
                host: hostName, address: host, port: port, user: user,
                passwordVariable: variable, knownHosts: lines(knownHosts))
        case .container(let name, let engine):
            return .container(
                host: hostName, container: name, engineAddress: engine.address,
                certificates: engine.certificates)
        }
    }
}
