package import Diagnostics

/// Exchanges an identity provider's token for a role's credentials; not signed.
///
/// Source: https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html
package struct AssumeRoleWithWebIdentity: AWSOperation {
    package static let action = AWSAction(
        .sts, "AssumeRoleWithWebIdentity", retry: .safe, isSigned: false)

    package var roleArn: String
    package var sessionName: String
    package var token: Secret
    package var durationSeconds: Int?

    /// Makes the call; see the properties.
    package init(
        roleArn: String, sessionName: String, token: Secret, durationSeconds: Int? = nil
    ) {
        self.roleArn = roleArn
        self.sessionName = sessionName
        self.token = token
        self.durationSeconds = durationSeconds
    }

    package func encode(into request: inout WireRequest) {
        request.form.field("RoleArn", roleArn)
        request.form.field("RoleSessionName", sessionName)
        request.form.field("WebIdentityToken", token.reveal())
        request.form.field("DurationSeconds", durationSeconds)
    }

    package func decode(_ response: WireResponse) throws -> RoleSession {
        try RoleSession(response.xml().child("Credentials"))
    }
}
