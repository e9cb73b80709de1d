import JSON

/// Describes a secret without reading it.
///
/// Source: https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_DescribeSecret.html
package struct DescribeSecret: AWSOperation, Encodable {
    package static let action = AWSAction(.secretsManager, "DescribeSecret", retry: .safe)

    /// What is known of a secret.
    package struct Secret: Sendable, Equatable, Decodable {
        package let name: String
        /// When it was scheduled for deletion, in seconds since 1970: nobody reads it any more.
        package let deletedDate: Double?

        private enum CodingKeys: String, CodingKey {
            case name = "Name"
            case deletedDate = "DeletedDate"
        }
    }

    /// Its name or ARN.
    package var secretId: String

    /// Makes the call; see the properties.
    package init(secretId: String) {
        self.secretId = secretId
    }

    private enum CodingKeys: String, CodingKey {
        case secretId = "SecretId"
    }

    package func encode(into request: inout WireRequest) throws {
        try request.json(self)
    }

    package func decode(_ response: WireResponse) throws -> Secret {
        try response.json(withOneOf: "Name").decoded(as: Secret.self)
    }
}
