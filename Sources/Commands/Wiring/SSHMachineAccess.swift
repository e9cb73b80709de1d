import Ansible
import Diagnostics
import Glibc
import Releasing

/// Key pairs and readiness by OpenSSH's own tools.
struct SSHMachineAccess: MachineAccess {
    let processes: any ProcessRunner
    let connection: CloudConnection

    private static let keyLimitBytes = 64 * 1024
    private static let portVariable = "DSS_SSH_PORT"

    func makeFolder(_ folder: String) throws {
        try FolderTree.make(folder, permissions: 0o700)
    }

    func publicKey(ofPrivateKeyAt path: String) async throws -> String {
        try await SSHKeys(processes: processes).publicKey(ofPrivateKeyAt: path)
    }

    func knownKeys(host: String, port: Int) async throws -> Set<String> {
        try await SSHKeys(processes: processes).knownKeys(host: host, port: port)
    }

    func copyPrivateKey(from path: String, to destination: String) throws {
        let bytes = try FileContents.read(path, limitBytes: Self.keyLimitBytes)
        try AtomicFile.write(bytes, to: destination, permissions: 0o600)
    }

    func writeKnownHosts(_ lines: String, to path: String) throws {
        try AtomicFile.write(Array(lines.utf8), to: path)
    }

    func readKnownHosts(at path: String) throws -> String? {
        do {
            let bytes = try FileContents.read(path, limitBytes: Self.keyLimitBytes)
            return String(decoding: bytes, as: UTF8.self)
        } catch let problem as Diagnostic where problem.code == "file.not-found" {
            return nil
        }
    }

    func makeKeyPair(in folder: String) async throws -> KeyPair {
        try makeFolder(folder)
        let pair = try await SSHKeyPair(
            comment: "dssbatch", with: processes, temporaryFolder: folder)
        return KeyPair(publicKey: pair.publicKey, privateKeyPath: pair.privateKeyPath)
    }

    var machine: LocalMachine {
        LocalMachine(
            place: ProcessIdentity.space,
            temporaryFolders: [SystemFolder.temporary, "/tmp", "/var/tmp"])
    }

    func endStrayProcesses() async throws { try await StrayProcesses.end() }

    func folder(at path: String) -> LocalFolder? {
        var found = stat()
        guard lstat(path, &found) == 0 else { return nil }
        return LocalFolder(
            isFolder: found.st_mode & S_IFMT == S_IFDIR, isOwn: found.st_uid == geteuid(),
            isPrivate: found.st_mode & 0o077 == 0)
    }

    func removeKeyPair(in folder: String) throws {
        do {
            try FolderTree.remove(folder)
        } catch let error as Diagnostic {
            var error = error
            error.summary += ", which holds a private key"
            throw error
        }
    }

    func port(ofNewMachineAt declared: Int) async throws -> Int {
        guard let text = try await connection.environment()[Self.portVariable] else {
            return declared
        }
        guard let port = Int(text), (1...65_535).contains(port) else {
            throw Diagnostic(
                code: "ssh.bad-port", severity: .configuration,
                summary: "`\(Self.portVariable)` is `\(text)`, which is no port",
                hint: "unset it, or name a port from 1 to 65535")
        }
        return port
    }

    func waitForGreeting(
        host: String, port: Int, deadlineSeconds: Double,
        onProgress: @escaping @Sendable (String) -> Void
    ) async throws -> String {
        let readiness = SSHReadiness(address: host, port: port, deadlineSeconds: deadlineSeconds)
        let keys = try await readiness.wait(with: processes) { reason in
            onProgress("waiting for ssh at \(host):\(port): \(reason)")
        }
        return keys.joined(separator: "\n") + "\n"
    }
}
