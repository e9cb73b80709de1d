/// Exchanges credentials for those of a role.
///
/// Source: https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
package struct AssumeRole: AWSOperation {
    package static let action = AWSAction(.sts, "AssumeRole", retry: .safe)

    package var roleArn: String
    package var sessionName: String
    package var externalId: String?
    package var durationSeconds: Int?

    /// Makes the call; see the properties.
    package init(
        roleArn: String, sessionName: String, externalId: String? = nil,
        durationSeconds: Int? = nil
    ) {
        self.roleArn = roleArn
        self.sessionName = sessionName
        self.externalId = externalId
        self.durationSeconds = durationSeconds
    }

    package func encode(into request: inout WireRequest) {
        request.form.field("RoleArn", roleArn)
        request.form.field("RoleSessionName", sessionName)
        request.form.field("ExternalId", externalId)
        request.form.field("DurationSeconds", durationSeconds)
    }

    package func decode(_ response: WireResponse) throws -> RoleSession {
        try RoleSession(response.xml().child("Credentials"))
    }
}
