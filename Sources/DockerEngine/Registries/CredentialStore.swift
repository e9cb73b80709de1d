import Diagnostics
import JSON

/// A program that keeps registry passwords, such as `docker-credential-pass`.
///
/// Source: <https://github.com/docker/docker-credential-helpers#development>
struct CredentialStore: Sendable {
    /// Time enough for a person to unlock a key ring.
    static let timeoutSeconds: Double = 120

    let name: String
    let processes: any ProcessRunner

    private var program: String { "docker-credential-\(name)" }

    /// It is of the user's choice, and has no use for passwords of machines, of GitHub, or of AWS
    /// but where it asks AWS.
    private var inherits: InheritedEnvironment {
        let foreign = [
            "DSS_", "GITHUB_", "GH_", "ACTIONS_", "DOCKER_REGISTRY_PASSWORD", "DOCKER_AUTH_CONFIG",
        ]
        return .everything(but: name == "ecr-login" ? foreign : foreign + ["AWS_"])
    }

    /// What it keeps for a server; nil where that is nothing.
    ///
    /// - Throws: `docker.credential-helper`; what the program printed is never part of it, for it
    ///   may hold the password.
    func credentials(for server: String) async throws -> RegistryCredentials? {
        guard name.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || "-_.".contains($0)) })
        else { throw refusal("its name is no helper's", server) }
        let answer: ProgramAnswer
        do {
            answer = try await processes.answer(
                to: ProcessCommand(
                    executable: program, arguments: ["get"], inherits: inherits,
                    standardInput: Array(server.utf8), timeoutSeconds: Self.timeoutSeconds,
                    // Such as the agent that keeps a key ring open.
                    leavesServers: true))
        } catch let problem as Diagnostic {
            throw refusal(problem.summary, server)
        }
        let text = answer.text
        guard answer.outcome.status == 0 else {
            if text.contains("credentials not found in native keychain") { return nil }
            throw refusal("it ended with status \(answer.outcome.status)", server)
        }
        // jansson's words for a broken text quote a piece of it.
        guard let value = try? JSONValue.parse(Array(text.utf8), source: program),
            let user = value.goMember("Username")?.stringValue,
            let secret = value.goMember("Secret")?.stringValue
        else { throw refusal("its answer has no `Username` and `Secret`", server) }
        if user.isEmpty, secret.isEmpty { return nil }
        let kind: RegistryCredentials.Kind =
            user == "<token>"
            ? .identityToken(Secret(secret)) : .password(user: user, Secret(secret))
        return RegistryCredentials(kind, server: server)
    }

    private func refusal(_ problem: String, _ server: String) -> Diagnostic {
        Diagnostic(
            code: "docker.credential-helper",
            summary: "`\(program)` gives no login for `\(server)`", causes: [problem],
            hint: "run `echo \(server) | \(program) get` by hand and see what it wants, or put the "
                + "password into `DOCKER_REGISTRY_PASSWORD`")
    }
}
