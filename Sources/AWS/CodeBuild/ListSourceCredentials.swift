import JSON

/// Lists the credentials for sources that the account has in a region; none tells its secret.
///
/// Source: https://docs.aws.amazon.com/codebuild/latest/APIReference/API_ListSourceCredentials.html
package struct ListSourceCredentials: AWSOperation, Encodable {
    package static let action = AWSAction(.codeBuild, "ListSourceCredentials", retry: .safe)

    /// One credential.
    package struct Credential: Sendable, Equatable, Decodable {
        package let arn: String
        /// Such as `GITHUB`.
        package let serverType: String?
    }

    /// Makes the call.
    package init() {}

    private struct Answer: Decodable {
        let sourceCredentialsInfos: [Credential]?
    }

    package func encode(into request: inout WireRequest) throws {
        try request.json(self)
    }

    package func decode(_ response: WireResponse) throws -> [Credential] {
        try response.json(withOneOf: "sourceCredentialsInfos")
            .decoded(as: Answer.self).sourceCredentialsInfos ?? []
    }
}
