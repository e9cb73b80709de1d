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
    ///
    /// - Parameter isRenewable: whether what they were got with can be renewed.
    package func credentials(origin: String, isRenewable: Bool = true) -> AWSCredentials {
        AWSCredentials(
            accessKeyId: accessKeyId, secretAccessKey: secretAccessKey,
            sessionToken: sessionToken, expiration: expiration, isRenewable: isRenewable,
            origin: origin)
    }
}
