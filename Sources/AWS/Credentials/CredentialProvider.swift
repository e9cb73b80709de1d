import Diagnostics

/// One place where credentials may lie.
package protocol CredentialProvider: Sendable {
    /// What this place is called in messages.
    var place: String { get }

    /// Looks there.
    ///
    /// - Returns: credentials, or nil where nothing is set up here and the next place counts.
    /// - Throws: where something is set up but does not work.
    func load() async throws -> AWSCredentials?
}

/// Errors of places that are set up but do not work.
enum CredentialFailure {
    /// The place cannot be used as it is set up.
    static func unusable(
        _ place: String, _ cause: String, hint: String = "correct the settings it names"
    ) -> Diagnostic {
        Diagnostic(
            code: "aws.credentials", severity: .configuration,
            summary: "the AWS credentials in \(place) cannot be used", causes: [cause], hint: hint)
    }
}
