package import Diagnostics
package import Foundation

/// What signs a request.
package struct AWSCredentials: Sendable, Equatable {
    /// Names the key; no secret.
    package let accessKeyId: String
    package let secretAccessKey: Secret
    /// With temporary credentials only.
    package let sessionToken: Secret?
    /// When they stop working; nil where they do not.
    package let expiration: Date?
    /// Where they come from, as messages name it, such as ``profile `release` ``.
    package let origin: String

    /// Makes credentials; see the properties.
    package init(
        accessKeyId: String, secretAccessKey: Secret, sessionToken: Secret? = nil,
        expiration: Date? = nil, origin: String
    ) {
        self.accessKeyId = accessKeyId
        self.secretAccessKey = secretAccessKey
        self.sessionToken = sessionToken
        self.expiration = expiration
        self.origin = origin
    }
}
