import AWS

/// Credentials that are known already.
struct FixedCredentials: CredentialProvider {
    private let credentials: AWSCredentials

    /// Wraps credentials.
    init(_ credentials: AWSCredentials) { self.credentials = credentials }

    var place: String { credentials.origin }
    func load() async throws -> AWSCredentials? { credentials }
}
