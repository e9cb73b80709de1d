import Diagnostics

/// A profile that assumes a role with the credentials of another place.
///
/// Source: https://docs.aws.amazon.com/sdkref/latest/guide/feature-assume-role-credentials.html
struct ProfileRole: CredentialProvider {
    let profile: SharedProfile
    let sources: CredentialSources
    /// The profiles that led here, so that a loop is found.
    var visited: [String] = []

    /// Each is a call of AWS of its own.
    private static let mostRoles = 20

    var place: String { "`role_arn` of profile `\(profile.name)`" }

    func load() async throws -> AWSCredentials? {
        guard let roleArn = profile["role_arn"], !profile.has("web_identity_token_file") else {
            return nil
        }
        guard !profile.has("mfa_serial") else {
            throw CredentialFailure.unusable(
                place, "`mfa_serial` asks for a code, and nobody may be there to type it",
                hint: "sign in with the code elsewhere and pass the session on, for instance with "
                    + "`aws configure export-credentials` in a `credential_process`")
        }
        let session = try await sources.call(
            AssumeRole(
                roleArn: roleArn, sessionName: sources.sessionName(profile["role_session_name"]),
                externalId: profile["external_id"],
                durationSeconds: try durationSeconds()),
            with: try source())
        return session.credentials(origin: place)
    }

    private func durationSeconds() throws -> Int? {
        guard let text = profile["duration_seconds"] else { return nil }
        guard let seconds = Int(text), (900...43200).contains(seconds) else {
            throw CredentialFailure.unusable(
                place, "`duration_seconds` is `\(text)`, which is not from 900 to 43200")
        }
        return seconds
    }

    private func source() throws -> any CredentialProvider {
        switch (profile["source_profile"], profile["credential_source"]) {
        case (nil, "Environment"?): return sources.environment
        case (nil, "EcsContainer"?): return sources.container
        case (nil, "Ec2InstanceMetadata"?): return sources.instance
        case (nil, let other?):
            throw CredentialFailure.unusable(
                place, "`credential_source` is `\(other)`",
                hint: "write `Environment`, `Ec2InstanceMetadata` or `EcsContainer`")
        case (let name?, nil): return try sourceProfile(name)
        case (nil, nil), (_?, _?):
            throw CredentialFailure.unusable(
                place, "it needs one of `source_profile` and `credential_source`")
        }
    }

    private func sourceProfile(_ name: String) throws -> any CredentialProvider {
        let source = try sources.configuration.files.required(
            name, askedBy: "`source_profile` of profile `\(profile.name)`")
        // A profile may name itself: its keys, not its role, are the source then.
        let hasKeys = source.has("aws_access_key_id", "aws_secret_access_key")
        if hasKeys || !source.has("role_arn") || source.has("web_identity_token_file") {
            return CredentialChain(providers: sources.own(source))
        }
        let path = visited + [profile.name]
        guard !path.contains(name) else {
            throw CredentialFailure.unusable(
                place,
                "the source profiles go in a circle: "
                    + (path + [name]).map { "`\($0)`" }.joined(separator: " -> "))
        }
        guard path.count < Self.mostRoles else {
            throw CredentialFailure.unusable(
                place, "more than \(Self.mostRoles) source profiles lead to it")
        }
        return ProfileRole(profile: source, sources: sources, visited: path)
    }
}
