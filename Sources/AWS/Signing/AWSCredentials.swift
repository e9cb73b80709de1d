package import Diagnostics
package import FoundationEssentials

/// What signs a request.
package struct AWSCredentials: Sendable, Equatable {
    /// Names the key; no secret.
    package let accessKeyId: String
    package let secretAccessKey: Secret
    /// With temporary credentials only.
    package let sessionToken: Secret?
    /// When they stop working; nil where they do not.
    package let expiration: Date?
    /// Whether the place that gave them gives others when they expire.
    package let isRenewable: Bool
    /// Where they come from, as messages name it, such as ``profile `release` ``.
    package let origin: String

    /// Makes credentials; see the properties.
    package init(
        accessKeyId: String, secretAccessKey: Secret, sessionToken: Secret? = nil,
        expiration: Date? = nil, isRenewable: Bool = false, origin: String
    ) {
        self.accessKeyId = accessKeyId
        self.secretAccessKey = secretAccessKey
        self.sessionToken = sessionToken
        self.expiration = expiration
        self.isRenewable = isRenewable
        self.origin = origin
    }
}
