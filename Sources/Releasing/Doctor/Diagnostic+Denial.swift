import Diagnostics

extension Diagnostic {
    private static let denials: Set = [
        "aws.AccessDenied", "aws.AccessDeniedException", "aws.AuthorizationError",
        "aws.UnauthorizedOperation",
    ]

    /// Whether AWS answers, in whichever service's words, that the caller may not ask this.
    var isDenial: Bool { Self.denials.contains(code) }
}
