package import Diagnostics
import Glibc

/// A new ed25519 key pair in a folder of its own, which only its owner may read.
package struct SSHKeyPair: Sendable {
    /// The private key's file, mode 0600.
    package let privateKeyPath: String
    /// The public key's one line.
    package let publicKey: String
    private let folder: PrivateFolder

    /// Makes a pair with `ssh-keygen`; the private key has no passphrase.
    ///
    /// - Parameters:
    ///   - comment: what the public key says of itself.
    ///   - processes: starts `ssh-keygen`.
    ///   - temporaryFolder: where its folder is made.
    /// - Throws: `ssh.no-key`, `process.not-found`, `process.timeout`, `file.unwritable`,
    ///   `CancellationError`; nothing is then left.
    package init(
        comment: String, with processes: any ProcessRunner,
        temporaryFolder: String = SystemFolder.temporary
    ) async throws {
        folder = try PrivateFolder(prefix: "dss-key", in: temporaryFolder)
        privateKeyPath = "\(folder.path)/id_ed25519"
        do {
            let outcome = try await processes.run(
                ProcessCommand(
                    executable: "ssh-keygen",
                    arguments: [
                        "-q", "-t", "ed25519", "-N", "", "-C", comment, "-f", privateKeyPath,
                    ],
                    timeoutSeconds: 300)
            ) { _ in }
            guard outcome.status == 0 else {
                let said = outcome.standardErrorTail.trimmed
                throw Diagnostic(
                    code: "ssh.no-key", summary: "`ssh-keygen` made no key", causes: [said],
                    hint: DiskSpace.hint(ifUsedUp: said)
                        ?? "check that OpenSSH is complete on this machine")
            }
            let text = try FileContents.read("\(privateKeyPath).pub", limitBytes: 64 * 1024)
            publicKey = String(decoding: text, as: UTF8.self).trimmed
        } catch {
            try folder.delete()
            throw error
        }
    }

    /// Deletes both keys and their folder; a second time does nothing.
    ///
    /// - Throws: `file.not-deleted`.
    package func delete() throws { try folder.delete() }
}
