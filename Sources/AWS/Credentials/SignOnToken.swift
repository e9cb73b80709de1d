import Diagnostics
import FoundationEssentials
import JSON

/// The token that `aws sso login` has left, and its renewal.
///
/// The form of the file is that of the AWS CLI and of botocore, with whom it is shared.
/// Source: https://github.com/boto/botocore/blob/develop/botocore/tokens.py
struct SignOnToken {
    /// A token that is good for less is renewed, if that is possible.
    private static let renewalSeconds: Double = 900

    let path: String
    let region: String
    /// Tokens of profiles without `sso_session` are not.
    let isRenewable: Bool
    let hint: String
    let place: String
    let sources: CredentialSources

    /// What the file holds.
    private struct Stored {
        let json: JSONValue
        let access: String
        let end: Date
    }

    /// A token that is good now.
    ///
    /// - Throws: `aws.credentials`.
    func current() async throws -> Secret {
        let token = try stored()
        guard isRenewable, secondsLeft(token) < Self.renewalSeconds else {
            return try good(token, because: nil)
        }
        do {
            if let renewed = try await renewed(token.json) { return renewed }
        } catch let problem as Diagnostic where problem.severity != .interrupted {
            // Another program may have been faster; and ours may be good for some minutes more.
            return try good(try stored(), because: problem)
        }
        return try good(token, because: nil)
    }

    private func stored() throws -> Stored {
        guard let text = try sources.configuration.readFile(path) else {
            throw CredentialFailure.unusable(place, "there is no `\(path)`", hint: hint)
        }
        guard let token = try? JSONValue.parse(Array(text.utf8), source: path),
            let access = token["accessToken"]?.stringValue, !access.isEmpty,
            let end = token["expiresAt"]?.stringValue.flatMap(ISOTime.date)
        else {
            throw CredentialFailure.unusable(place, "`\(path)` holds no token", hint: hint)
        }
        return Stored(json: token, access: access, end: end)
    }

    private func secondsLeft(_ token: Stored) -> Double {
        token.end.timeIntervalSince(sources.time.now())
    }

    private func good(_ token: Stored, because problem: Diagnostic?) throws -> Secret {
        guard secondsLeft(token) > 0 else { throw ended(token.end, because: problem) }
        return Secret(token.access)
    }

    private func ended(_ end: Date, because problem: Diagnostic?) -> Diagnostic {
        var failure = CredentialFailure.unusable(
            place, "it ended at \(Timestamp.text(end))", hint: hint)
        guard let problem else { return failure }
        failure.causes.append("it cannot be renewed: \(problem.summary)")
        failure.causes += problem.causes
        if problem.isTrouble, let hint = problem.hint { failure.hint = hint }
        return failure
    }

    /// Nil where it cannot be renewed.
    ///
    /// - Throws: what the service says; what writing the file throws.
    private func renewed(_ token: JSONValue) async throws -> Secret? {
        guard let client = token["clientId"]?.stringValue,
            let secret = token["clientSecret"]?.stringValue,
            let refresh = token["refreshToken"]?.stringValue,
            let end = token["registrationExpiresAt"]?.stringValue.flatMap(ISOTime.date),
            end > sources.time.now()
        else { return nil }
        let found = try await sources.call(
            CreateToken(
                clientId: client, clientSecret: Secret(secret), refreshToken: Secret(refresh)),
            region: region)
        // Other tools read whole seconds alone.
        let text = Timestamp.text(sources.time.now().addingTimeInterval(found.seconds)).prefix(19)
        var members: [(String, JSONValue)] = [
            ("accessToken", .string(found.accessToken.reveal())),
            ("expiresAt", .string(text + "Z")),
        ]
        for name in ["startUrl", "region", "clientId", "clientSecret", "registrationExpiresAt"] {
            if let value = token[name] { members.append((name, value)) }
        }
        if let next = found.refreshToken {
            members.append(("refreshToken", .string(next.reveal())))
        }
        // The old refresh token may be good for nothing now, here and for the AWS CLI.
        try sources.configuration.writeFile(
            Array(JSONValue(members: members).compactText.utf8), path)
        return found.accessToken
    }
}
