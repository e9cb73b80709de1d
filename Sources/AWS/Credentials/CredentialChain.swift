import Diagnostics

/// Several places, in order; the first that has anything counts.
struct CredentialChain: CredentialProvider {
    let providers: [any CredentialProvider]

    var place: String { providers.map(\.place).joined(separator: ", ") }

    func load() async throws -> AWSCredentials? {
        for provider in providers {
            if let found = try await provider.load() { return found }
        }
        throw missing
    }

    /// What to say where no place has anything.
    var missing: Diagnostic {
        Diagnostic(
            code: "aws.no-credentials", severity: .configuration,
            summary: "there are no AWS credentials",
            causes: providers.map { "nothing in \($0.place)" },
            hint: "run `aws configure`, name a profile with `--aws-profile`, or set "
                + "`AWS_ACCESS_KEY_ID` and `AWS_SECRET_ACCESS_KEY`")
    }
}
