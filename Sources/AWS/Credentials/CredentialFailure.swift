import Diagnostics

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
