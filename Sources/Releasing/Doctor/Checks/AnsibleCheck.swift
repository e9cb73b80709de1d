import Ansible
import Diagnostics

/// Whether playbooks can be run, and by which versions.
struct AnsibleCheck: HealthCheck {
    var name: String { "ansible" }

    func run(_ context: DoctorContext) async throws -> HealthFinding {
        let workstation = context.workstation
        let environment = try await workstation.environment()
        let runner = try AnsibleRunnerLocation.find(
            environment: environment, projectFolder: context.manifest.project.path,
            isExecutable: { workstation.isExecutable($0) })
        let version = try await ToolCheck.version(
            runner, ["--version"], processes: workstation.processes)
        // The runner starts the one that lies beside it, else the one on the PATH.
        let beside =
            runner.split(separator: "/", omittingEmptySubsequences: false).dropLast()
            .joined(separator: "/") + "/ansible-playbook"
        let playbook = workstation.isExecutable(beside) ? beside : "ansible-playbook"
        do {
            let core = try await ToolCheck.version(
                playbook, ["--version"], processes: workstation.processes)
            return .ok("ansible-runner \(version), \(core)")
        } catch let problem as Diagnostic where problem.code == "process.not-found" {
            return .failed(
                "`ansible-playbook` is neither beside `\(runner)` nor on the `PATH`",
                hint: "run `bin/setup`")
        }
    }
}
