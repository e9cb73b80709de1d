import Diagnostics

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
        return AWSCredentials(
            accessKeyId: id, secretAccessKey: Secret(secret),
            sessionToken: environment["AWS_SESSION_TOKEN"].map { Secret($0) },
            expiration: environment["AWS_CREDENTIAL_EXPIRATION"].flatMap(Timestamp.date),
            origin: place)
    }
}
