package import Diagnostics
import Glibc

/// What OpenSSH's own tools know of keys.
package struct SSHKeys: Sendable {
    private let processes: any ProcessRunner

    private static let timeoutSeconds = 300.0

    /// - Parameter processes: starts `ssh-keygen`.
    package init(processes: any ProcessRunner) { self.processes = processes }

    /// The public half of a private key without a passphrase: a line of `authorized_keys`.
    ///
    /// - Throws: `ssh.unusable-key` where there is no such file, others may read it, it is no key,
    ///   or it has a passphrase; `process.not-found`, `process.timeout`.
    package func publicKey(ofPrivateKeyAt path: String) async throws -> String {
        // An empty passphrase: without one on the command line it would be asked for.
        let answer = try await processes.answer(
            to: ProcessCommand(
                executable: "ssh-keygen", arguments: ["-y", "-P", "", "-f", path],
                timeoutSeconds: Self.timeoutSeconds))
        guard answer.outcome.status == 0, let line = answer.lines.first else {
            let reasons = answer.outcome.standardErrorTail.split(whereSeparator: \.isNewline)
                .map(\.trimmed)
                .filter { !$0.isEmpty && !$0.allSatisfy { $0 == "@" } }
            throw Diagnostic(
                code: "ssh.unusable-key", severity: .configuration,
                summary: "`\(path)` is no private key that can be used here",
                causes: reasons.suffix(2).map { String($0) },
                hint: "name an OpenSSH or PEM private key without a passphrase that only you may "
                    + "read (`chmod 600`)")
        }
        return line
    }

    /// The host keys that the user's own `known_hosts` has for a host.
    ///
    /// - Returns: key type and key, such as `ssh-ed25519 AAAA…`; empty where it has none.
    package func knownKeys(host: String, port: Int) async throws -> Set<String> {
        let name = port == 22 ? host : "[\(host)]:\(port)"
        let answer = try await processes.answer(
            to: ProcessCommand(
                executable: "ssh-keygen", arguments: ["-F", name],
                timeoutSeconds: Self.timeoutSeconds))
        // 1: not found, or there is no such file.
        guard answer.outcome.status == 0 else { return [] }
        return Set(
            answer.lines.compactMap { line in
                let words = line.split(separator: " ")
                guard words.count >= 3, !line.hasPrefix("#"), !line.hasPrefix("@") else {
                    return nil
                }
                return "\(words[1]) \(words[2])"
            })
    }
}
