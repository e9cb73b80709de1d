package import Diagnostics
import FoundationEssentials
import JSON

/// Exchanges a sign-on's token for a role's credentials; not signed.
///
/// Source: https://docs.aws.amazon.com/singlesignon/latest/PortalAPIReference/API_GetRoleCredentials.html
package struct GetRoleCredentials: AWSOperation {
    package static let action = AWSAction(.sso, "GetRoleCredentials", retry: .safe, isSigned: false)

    package var roleName: String
    package var accountId: String
    package var accessToken: Secret

    /// Makes the call; see the properties.
    package init(roleName: String, accountId: String, accessToken: Secret) {
        self.roleName = roleName
        self.accountId = accountId
        self.accessToken = accessToken
    }

    package func encode(into request: inout WireRequest) {
        request.key = "federation/credentials"
        request.query("role_name", roleName)
        request.query("account_id", accountId)
        request.header("x-amz-sso_bearer_token", accessToken.reveal())
    }

    private struct Answer: Decodable {
        let roleCredentials: Credentials

        struct Credentials: Decodable {
            let accessKeyId: String
            let secretAccessKey: String
            let sessionToken: String
            /// Milliseconds since 1970.
            let expiration: Int64
        }
    }

    package func decode(_ response: WireResponse) throws -> RoleSession {
        let found = try response.json(withOneOf: "roleCredentials").decoded(as: Answer.self)
            .roleCredentials
        return RoleSession(
            accessKeyId: found.accessKeyId, secretAccessKey: Secret(found.secretAccessKey),
            sessionToken: Secret(found.sessionToken),
            expiration: Date(timeIntervalSince1970: Double(found.expiration) / 1000))
    }
}
