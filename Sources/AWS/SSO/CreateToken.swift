package import Diagnostics
import JSON

/// Exchanges a sign-on's refresh token for a new token; not signed.
///
/// Source: https://docs.aws.amazon.com/singlesignon/latest/OIDCAPIReference/API_CreateToken.html
package struct CreateToken: AWSOperation {
    /// A refresh token may be good for one use.
    package static let action = AWSAction(
        .ssoOIDC, "CreateToken", retry: .onlyIfUnsent, isSigned: false)

    package var clientId: String
    package var clientSecret: Secret
    package var refreshToken: Secret

    /// Makes the call; see the properties.
    package init(clientId: String, clientSecret: Secret, refreshToken: Secret) {
        self.clientId = clientId
        self.clientSecret = clientSecret
        self.refreshToken = refreshToken
    }

    /// The new token.
    package struct Token: Sendable {
        /// What `GetRoleCredentials` takes.
        package let accessToken: Secret
        /// How long it is good for.
        package let seconds: Double
        /// For the next exchange; nil where there is none.
        package let refreshToken: Secret?
    }

    private struct Fields: Encodable {
        let clientId: String
        let clientSecret: String
        let grantType: String
        let refreshToken: String
    }

    private struct Answer: Decodable {
        let accessToken: String
        let expiresIn: Int
        let refreshToken: String?
    }

    package func encode(into request: inout WireRequest) throws {
        request.method = "POST"
        request.key = "token"
        request.header("content-type", "application/json")
        try request.json(
            Fields(
                clientId: clientId, clientSecret: clientSecret.reveal(),
                grantType: "refresh_token", refreshToken: refreshToken.reveal()))
    }

    package func decode(_ response: WireResponse) throws -> Token {
        let found = try response.json(withOneOf: "accessToken").decoded(as: Answer.self)
        return Token(
            accessToken: Secret(found.accessToken), seconds: Double(found.expiresIn),
            refreshToken: found.refreshToken.map { Secret($0) })
    }
}
