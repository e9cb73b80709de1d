import Ansible
import Diagnostics
import Testing

struct AnsibleRunnerLocationTests {
    private func find(
        _ environment: [String: String], executables: Set<String>
    ) throws -> String {
        try AnsibleRunnerLocation.find(
            environment: environment, projectFolder: "/p",
            isExecutable: { executables.contains($0) })
    }

    @Test func `the chosen one goes before the project's and that before the path's`() throws {
        let all: Set<String> = ["/c/runner", "/p/.venv/bin/ansible-runner", "/b/ansible-runner"]
        let chosen = ["DSS_ANSIBLE_RUNNER": "/c/runner", "PATH": "/a:/b"]
        #expect(try find(chosen, executables: all) == "/c/runner")
        #expect(try find(["PATH": "/a:/b"], executables: all) == "/p/.venv/bin/ansible-runner")
        #expect(
            try find(["PATH": "/a:/b"], executables: ["/b/ansible-runner"])
                == "/b/ansible-runner")
    }

    @Test(arguments: [
        ["DSS_ANSIBLE_RUNNER": "/gone"], ["PATH": "/a"], [:],
    ])
    func `where there is none the hint says how to get it`(
        _ environment: [String: String]
    ) throws {
        let error = try #require(throws: Diagnostic.self) {
            try find(environment, executables: [])
        }
        #expect(error.code == "ansible.runner-missing")
        #expect(error.severity == .configuration)
        #expect(error.hint?.contains("bin/setup") == true)
    }
}
