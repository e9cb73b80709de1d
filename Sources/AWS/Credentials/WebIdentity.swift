import Diagnostics

/// A token of an identity provider, exchanged for a role's session; as on EKS and in CI.
///
/// Source: https://docs.aws.amazon.com/sdkref/latest/guide/access-assume-role-web.html
struct WebIdentity: CredentialProvider {
    /// What the environment does not say; nil where the files hold no such profile.
    let profile: SharedProfile?
    /// Whether the environment counts; each setting for itself.
    let readsEnvironment: Bool
    let sources: CredentialSources

    var place: String {
        let variable = readsEnvironment ? ["`AWS_WEB_IDENTITY_TOKEN_FILE`"] : []
        let option = profile.map { ["`web_identity_token_file` of profile `\($0.name)`"] } ?? []
        return "the web identity (\((variable + option).joined(separator: " or ")))"
    }

    func load() async throws -> AWSCredentials? {
        guard let file = setting("web_identity_token_file", "AWS_WEB_IDENTITY_TOKEN_FILE") else {
            return nil
        }
        guard let roleArn = setting("role_arn", "AWS_ROLE_ARN") else {
            throw CredentialFailure.unusable(
                place, "a token file is set, but no role",
                hint: "set `AWS_ROLE_ARN`, or `role_arn` in the profile")
        }
        // Read anew each time: whoever wrote it renews it.
        guard let token = try sources.configuration.readFile(file) else {
            throw CredentialFailure.unusable(place, "`\(file)` does not exist")
        }
        let name = sources.sessionName(setting("role_session_name", "AWS_ROLE_SESSION_NAME"))
        let session = try await sources.call(
            AssumeRoleWithWebIdentity(
                roleArn: roleArn, sessionName: name, token: Secret(token)))
        return session.credentials(origin: place)
    }

    private func setting(_ option: String, _ variable: String) -> String? {
        (readsEnvironment ? sources.configuration.environment[variable] : nil) ?? profile?[option]
    }
}
