import Diagnostics
import JSON

/// A profile's `credential_process`.
///
/// Source: https://docs.aws.amazon.com/sdkref/latest/guide/feature-process-credentials.html
struct ProcessCredentials: CredentialProvider {
    /// Time enough for a person to confirm on a device.
    static let timeoutSeconds: Double = 120

    let profile: String
    let command: String
    let processes: any ProcessRunner

    var place: String { "`credential_process` of profile `\(profile)`" }

    func load() async throws -> AWSCredentials? {
        guard let words = ShellWords.split(command), let executable = words.first else {
            throw CredentialFailure.unusable(place, "the command has an unclosed quote or is empty")
        }
        let answer = try await processes.answer(
            to: ProcessCommand(
                executable: executable, arguments: Array(words.dropFirst()),
                // It is of the user's choice, and may be a client of AWS itself.
                inherits: .everything(
                    but: ["DSS_", "GITHUB_", "GH_", "ACTIONS_", "DOCKER_"]),
                timeoutSeconds: Self.timeoutSeconds, leavesServers: true))
        let outcome = answer.outcome
        guard outcome.status == 0 else {
            let said = ShownText.redacted(outcome.standardErrorTail).suffix(500)
            throw CredentialFailure.unusable(
                place, "`\(executable)` ended with status \(outcome.status): \(said)",
                hint: "run the command by hand and see what it wants")
        }
        let text = answer.text
        if let answer = try? JSONValue.parse(Array(text.utf8), source: place),
            answer["Version"]?.integerValue != 1
        {
            let version = answer["Version"]
            let said = version.map { "`Version` \($0.compactText), not 1" } ?? "no `Version`"
            throw CredentialFailure.unusable(place, "its answer has \(said)")
        }
        return try ProvidedCredentials.read(text, tokenName: "SessionToken", origin: place)
    }
}
