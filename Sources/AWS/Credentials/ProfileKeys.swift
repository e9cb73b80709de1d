import Diagnostics

/// What a profile offers itself: a web identity, keys, a program, or a sign-on that cannot be used.
struct ProfileKeys: CredentialProvider {
    let name: String
    /// Nil where the files hold no such profile.
    let profile: SharedProfile?
    let sources: CredentialSources

    var place: String {
        let files = sources.configuration.files
        return "profile `\(name)` of `\(files.credentialsPath)` and `\(files.configPath)`"
    }

    func load() async throws -> AWSCredentials? {
        guard let profile else { return nil }
        let identity = WebIdentity(profile: profile, sources: sources)
        if let found = try await identity.load() { return found }
        if let keys = try keys(profile) { return keys }
        if let command = profile["credential_process"] {
            return try await ProcessCredentials(
                profile: name, command: command, processes: sources.processes
            ).load()
        }
        if profile.has("sso_session", "sso_start_url", "sso_account_id", "login_session") {
            throw CredentialFailure.unusable(
                "profile `\(name)`", "it signs on through a browser (SSO), which is not supported",
                hint: "add a profile with `credential_process = aws configure export-credentials "
                    + "--profile \(name)` and use that one with `--aws-profile`")
        }
        return nil
    }

    private func keys(_ profile: SharedProfile) throws -> AWSCredentials? {
        guard let id = profile["aws_access_key_id"] else { return nil }
        guard let secret = profile["aws_secret_access_key"] else {
            throw CredentialFailure.unusable(
                place, "`aws_access_key_id` is there but `aws_secret_access_key` is not")
        }
        return AWSCredentials(
            accessKeyId: id, secretAccessKey: Secret(secret),
            sessionToken: profile["aws_session_token"].map { Secret($0) },
            origin: "profile `\(name)`")
    }
}
