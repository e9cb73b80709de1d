import Ansible
import Diagnostics
import Foundation
import JSON
import Synchronization
import TestSupport
import Testing

struct AnsibleRunTests {
    private let playbook = URL(fileURLWithPath: #filePath).path
    private let stats =
        #"{"event": "playbook_on_stats", "event_data": {"processed": {"vm": 1}, "ok": {"vm": 3}}}"#

    private func run(_ inventory: AnsibleInventory) -> AnsibleRun {
        AnsibleRun(
            playbookPath: playbook, inventory: inventory,
            extraVariables: ["version": "1"], secrets: ["DSS_PASSWORD": Secret("hush")],
            tags: ["a", "b"], runnerPath: "/venv/bin/ansible-runner", timeoutSeconds: 60)
    }

    private let machine = AnsibleInventory.ssh(
        host: "vm", groups: ["sandbox"], address: "192.0.2.1", port: 2222, user: "ubuntu",
        privateKeyPath: "/keys/id", knownHosts: ["[192.0.2.1]:2222 ssh-ed25519 AAAA"])

    private func mode(_ path: String) throws -> Int {
        let attributes = try FileManager.default.attributesOfItem(atPath: path)
        return try #require(attributes[.posixPermissions] as? Int)
    }

    @Test func `the files are private, right, and gone afterwards`() async throws {
        let stats = stats
        let runner = ScriptedProcessRunner { command in
            let folder = command.arguments[1]
            #expect(try mode(folder) == 0o700)
            #expect(try mode(folder + "/env/extravars") == 0o600)
            #expect(try mode(folder + "/inventory/hosts.json") == 0o600)
            let variables = try JSONValue.parse(contentsOf: folder + "/env/extravars")
            #expect(variables == ["version": "1"])
            let inventory = try JSONValue.parse(contentsOf: folder + "/inventory/hosts.json")
            let host = try inventory.at(JSONPointer(parsing: "/all/hosts/vm"))
            #expect(host?["ansible_host"] == "192.0.2.1")
            #expect(host?["ansible_ssh_private_key_file"] == "/keys/id")
            #expect(
                try inventory.at(JSONPointer(parsing: "/all/children/sandbox/hosts/vm")) == [:])
            let hosts = try FileContents.read(folder + "/known_hosts")
            #expect(hosts == Array("[192.0.2.1]:2222 ssh-ed25519 AAAA\n".utf8))
            return .init(lines: [stats])
        }
        let report = try await run(machine).run(with: runner, environment: [:]) { _ in }
        #expect(report.recap["vm"]?.ok == 3)
        let command = try #require(runner.commands.first)
        #expect(runner.commands.count == 1)
        #expect(command.executable == "/venv/bin/ansible-runner")
        #expect(
            Array(command.arguments.dropFirst(2)) == [
                "--project-dir", URL(fileURLWithPath: playbook).deletingLastPathComponent().path,
                "-p", "AnsibleRunTests.swift", "-j",
            ])
        #expect(!FileManager.default.fileExists(atPath: command.arguments[1]))
        #expect(!"\(command.arguments)".contains("hush"))
    }

    @Test func `the environment pins host keys and owes nothing to the caller's`() async throws {
        let stats = stats
        let runner = ScriptedProcessRunner { _ in .init(lines: [stats]) }
        let environment = [
            "PATH": "/bin", "ANSIBLE_CHECK_MODE": "1", "AWS_SECRET_ACCESS_KEY": "k", "HOME": "/h",
            "DSS_DEFAULT_PASSWORD": "other", "DSS_SSH_PORT": "2022", "GH_TOKEN": "t",
        ]
        _ = try await run(machine).run(with: runner, environment: environment) { _ in }
        let command = try #require(runner.commands.first)
        let changes = command.environment
        let folder = command.arguments[1]
        #expect(changes["PATH"] == "/venv/bin:/bin")
        #expect(changes["DSS_PASSWORD"] == "hush")
        #expect(changes["ANSIBLE_RUN_TAGS"] == "a,b")
        #expect(changes["ANSIBLE_HOST_KEY_CHECKING"] == "True")
        let options = try #require(changes["ANSIBLE_SSH_ARGS"] ?? nil)
        #expect(options.contains("UserKnownHostsFile=\(folder)/known_hosts"))
        #expect(options.contains("StrictHostKeyChecking=yes"))
        #expect(options.hasPrefix("-F none -o BatchMode=yes "))
        #expect(changes["DSS_SSH_PORT"] == "2022")
        for name in ["ANSIBLE_CHECK_MODE", "AWS_SECRET_ACCESS_KEY", "DSS_DEFAULT_PASSWORD"] {
            #expect(!changes.keys.contains(name))
        }
        // Nor by the back door.
        #expect(command.inherits == .needed())
    }

    @Test func `ssh's sockets have short paths wherever the folder lies`() async throws {
        let stats = stats
        let parent = try TemporaryFolder()
        let deep = "\(parent.path)/\(String(repeating: "d", count: 90)) of 100%"
        try FolderTree.make(deep, permissions: 0o700)
        let sockets = Mutex("")
        let runner = ScriptedProcessRunner { command in
            let folder = try #require(command.environment["ANSIBLE_SSH_CONTROL_PATH_DIR"] ?? nil)
            #expect(try mode(folder) == 0o700)
            #expect("\(folder)/0123456789.ABCDEFGHIJKLMNOP".utf8.count <= 107)
            sockets.withLock { $0 = folder }
            let options = try #require(command.environment["ANSIBLE_SSH_ARGS"] ?? nil)
            let file = command.arguments[1].replacing("%", with: "%%") + "/known_hosts"
            #expect(options.contains("-o 'UserKnownHostsFile=\"\(file)\"' "))
            return .init(lines: [stats])
        }
        var run = run(machine)
        run.temporaryFolder = deep
        _ = try await run.run(with: runner, environment: [:]) { _ in }
        #expect(!sockets.withLock { $0 }.isEmpty)
        #expect(!FileManager.default.fileExists(atPath: sockets.withLock { $0 }))
        #expect(try FileManager.default.contentsOfDirectory(atPath: deep).isEmpty)
    }

    @Test func `the folder is gone after a failure and a cancellation too`() async throws {
        for failure: any Error in [CancellationError(), Diagnostic(code: "x", summary: "x")] {
            let runner = ScriptedProcessRunner { _ in throw failure }
            await #expect(throws: (any Error).self) {
                try await run(machine).run(with: runner, environment: [:]) { _ in }
            }
            let folder = try #require(runner.commands.first?.arguments[1])
            #expect(!FileManager.default.fileExists(atPath: folder))
        }
    }

    private static let socket = "/\(StrayProcesses.controlFolder)/0123456789"

    @Test func `a waiting ssh master is ended`() async throws {
        let stats = stats
        let runner = ScriptedProcessRunner { command in
            if command.executable == "ssh" { return .init(status: 255) }
            try AtomicFile.write([], to: command.arguments[1] + Self.socket)
            return .init(lines: [stats])
        }
        _ = try await run(machine).run(with: runner, environment: [:]) { _ in }
        let end = try #require(runner.commands.last)
        #expect(end.executable == "ssh")
        #expect(end.arguments.contains { $0.hasSuffix("/0123456789") })
        // OpenSSH refuses a host's name that begins with `-`.
        #expect(Array(end.arguments.suffix(3)) == ["-O", "exit", "sandbox"])
    }

    @Test func `an ssh master that does not end is told`() async throws {
        let stats = stats
        let runner = ScriptedProcessRunner { command in
            if command.executable == "ssh" {
                return .init(status: 255, standardErrorTail: "Control socket: no\n")
            }
            try AtomicFile.write([], to: command.arguments[1] + Self.socket)
            return .init(lines: [stats])
        }
        let warnings = Mutex<[String]>([])
        _ = try await run(machine).run(with: runner, environment: [:]) { progress in
            if case .warning(let text) = progress { warnings.withLock { $0.append(text) } }
        }
        #expect(
            warnings.withLock { $0 } == [
                "an ssh connection stays open for a minute: Control socket: no"
            ])
    }

    @Test func `a runner or playbook that is missing is a configuration error`() async throws {
        let runner = ScriptedProcessRunner { _ in
            throw Diagnostic(code: "process.not-found", summary: "cannot find the program")
        }
        let error = try await #require(throws: Diagnostic.self) {
            try await run(machine).run(with: runner, environment: [:]) { _ in }
        }
        #expect(error.code == "ansible.runner-missing")
        #expect(error.severity == .configuration)
        var other = run(machine)
        other.playbookPath = "/nowhere/site.yml"
        let missing = try await #require(throws: Diagnostic.self) {
            try await other.run(with: runner, environment: [:]) { _ in }
        }
        #expect(missing.code == "ansible.playbook-error")
        #expect(missing.severity == .configuration)
        #expect(runner.commands.count == 1)
    }
}
