import Ansible
import Diagnostics
import Foundation
import Sandbox

/// Key pairs and readiness by OpenSSH's own tools.
struct SSHMachineAccess: MachineAccess {
    let processes: any ProcessRunner

    func makeKeyPair(in folder: String) async throws -> KeyPair {
        do {
            try FileManager.default.createDirectory(
                atPath: folder, withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o700])
        } catch {
            throw Diagnostic(
                code: "file.unwritable", summary: "cannot make folder `\(folder)`",
                causes: ["\(error)"], hint: "free space, or make the folder writable")
        }
        let pair = try await SSHKeyPair(
            comment: "dssbatch", with: processes, temporaryFolder: folder)
        return KeyPair(publicKey: pair.publicKey, privateKeyPath: pair.privateKeyPath)
    }

    func removeKeyPair(in folder: String) throws {
        guard FileManager.default.fileExists(atPath: folder) else { return }
        do {
            try FileManager.default.removeItem(atPath: folder)
        } catch {
            throw Diagnostic(
                code: "file.not-deleted", summary: "cannot delete `\(folder)`",
                causes: ["\(error)"], hint: "delete it by hand: it holds a private key")
        }
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
