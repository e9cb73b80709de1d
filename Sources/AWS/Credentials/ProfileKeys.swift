import Diagnostics

/// What a profile offers itself: a sign-on, keys of either file, or a program.
struct ProfileKeys: CredentialProvider {
    /// Nil where the files hold no such profile.
    let profile: SharedProfile?
    let sources: CredentialSources

    var place: String {
        let files = sources.configuration.files
        return "profile `\(profile?.name ?? "default")` of `\(files.credentialsPath)` and "
            + "`\(files.configPath)`"
    }

    /// Looks in botocore's order, in which what the configuration file holds itself comes last.
    func load() async throws -> AWSCredentials? {
        guard let profile else { return nil }
        let files = sources.configuration.files
        let signOn = SingleSignOn(profile: profile, sources: sources)
        if let found = try await signOn.load() { return found }
        if let found = try keys(profile.inCredentials, files.credentialsPath) { return found }
        if let found = try SignIn(profile: profile, sources: sources).credentials() {
            return found
        }
        if let command = profile["credential_process"] {
            return try await ProcessCredentials(
                profile: profile.name, command: command, processes: sources.processes
            ).load()
        }
        return try keys(profile.inConfig, files.configPath)
    }

    /// Keys and their token, which come from one section of one file.
    private func keys(_ section: SharedProfile, _ path: String) throws -> AWSCredentials? {
        guard let id = section["aws_access_key_id"] else { return nil }
        guard let secret = section["aws_secret_access_key"] else {
            throw CredentialFailure.unusable(
                "profile `\(section.name)` of `\(path)`",
                "`aws_access_key_id` is there but `aws_secret_access_key` is not")
        }
        // The first is the token's old name.
        let token = section["aws_security_token"] ?? section["aws_session_token"]
        return AWSCredentials(
            accessKeyId: id, secretAccessKey: Secret(secret),
            sessionToken: token.map { Secret($0) }, origin: "profile `\(section.name)`")
    }
}
