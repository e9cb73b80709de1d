import Diagnostics
import FoundationEssentials

/// `AWS_ACCESS_KEY_ID` and its companions.
struct EnvironmentCredentials: CredentialProvider {
    let environment: AWSEnvironment

    var place: String { "the environment (`AWS_ACCESS_KEY_ID`)" }

    func load() async throws -> AWSCredentials? {
        guard let id = environment["AWS_ACCESS_KEY_ID"] else { return nil }
        guard let secret = environment["AWS_SECRET_ACCESS_KEY"] else {
            throw CredentialFailure.unusable(
                place, "`AWS_ACCESS_KEY_ID` is set but `AWS_SECRET_ACCESS_KEY` is not",
                hint: "set both or neither")
        }
        var expiration: Date?
        if let text = environment["AWS_CREDENTIAL_EXPIRATION"] {
            expiration = ISOTime.date(text)
            if expiration == nil {
                throw CredentialFailure.unusable(
                    place, "`AWS_CREDENTIAL_EXPIRATION` is `\(text)`, which is no ISO 8601 time")
            }
        }
        return AWSCredentials(
            accessKeyId: id, secretAccessKey: Secret(secret),
            // The first is the token's old name.
            sessionToken: environment.first("AWS_SECURITY_TOKEN", "AWS_SESSION_TOKEN")
                .map { Secret($0) },
            expiration: expiration, origin: place)
    }
}
