package import Diagnostics
package import FoundationEssentials

/// The temporary credentials of a role.
package struct RoleSession: Sendable, Equatable {
    package let accessKeyId: String
    package let secretAccessKey: Secret
    package let sessionToken: Secret
    package let expiration: Date?

    init(
        accessKeyId: String, secretAccessKey: Secret, sessionToken: Secret, expiration: Date?
    ) {
        self.accessKeyId = accessKeyId
        self.secretAccessKey = secretAccessKey
        self.sessionToken = sessionToken
        self.expiration = expiration
    }

    init(_ node: XMLNode) throws {
        accessKeyId = try node.required("AccessKeyId")
        secretAccessKey = Secret(try node.required("SecretAccessKey"))
        sessionToken = Secret(try node.required("SessionToken"))
        expiration = try node.date("Expiration")
    }

    /// As what signs requests.
    package func credentials(origin: String) -> AWSCredentials {
        AWSCredentials(
            accessKeyId: accessKeyId, secretAccessKey: secretAccessKey,
            sessionToken: sessionToken, expiration: expiration, isRenewable: true,
            origin: origin)
    }
}
