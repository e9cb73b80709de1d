/// Which of this process's environment variables a program gets.
///
/// A variable that a program has no use for is one more place where a secret can be read: in
/// `/proc`, in a core dump, in what the program prints.
package enum InheritedEnvironment: Sendable, Equatable {
    /// What any program needs to work, and what begins with one of these prefixes.
    ///
    /// Names of secrets are left out even so: who needs one gets it by
    /// `ProcessCommand.environment`.
    case needed(and: [String] = [])
    /// Everything but what begins with one of these prefixes: for programs that the user chose,
    /// whose needs nobody else knows.
    case everything(but: [String])

    /// Paths, language, the ssh agent, temporary files, and whom to trust on the network.
    private static let neededNames: Set<String> = [
        "PATH", "HOME", "USER", "LOGNAME", "SHELL", "LANG", "LANGUAGE", "TZ", "TMPDIR",
        "LD_LIBRARY_PATH", "SSH_AUTH_SOCK", "XDG_RUNTIME_DIR", "SSL_CERT_FILE", "SSL_CERT_DIR",
        "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE",
        "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY",
        "http_proxy", "https_proxy", "all_proxy", "no_proxy",
    ]
    private static let neededPrefixes = ["LC_"]
    /// Words that names of secrets hold.
    private static let secretWords = ["PASSWORD", "SECRET", "TOKEN", "CREDENTIAL", "PRIVATE_KEY"]

    /// What of `environment` the program gets.
    package func chosen(from environment: [String: String]) -> [String: String] {
        environment.filter { name, _ in passes(name) }
    }

    private func passes(_ name: String) -> Bool {
        switch self {
        case .needed(let prefixes):
            if Self.neededNames.contains(name) { return true }
            guard (Self.neededPrefixes + prefixes).contains(where: name.hasPrefix) else {
                return false
            }
            let upper = name.uppercased()
            return !Self.secretWords.contains { upper.contains($0) }
        case .everything(let prefixes):
            return !prefixes.contains(where: name.hasPrefix)
        }
    }
}
