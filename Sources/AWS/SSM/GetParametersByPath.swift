import JSON

/// Lists parameters below a path.
///
/// Source:
/// https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetParametersByPath.html
package struct GetParametersByPath: AWSPagedOperation, Encodable {
    package static let action = AWSAction(.ssm, "GetParametersByPath", retry: .safe)

    package var path: String
    package var recursive: Bool?
    package var withDecryption: Bool?
    package var pageToken: String?

    /// Makes the call; see the properties.
    package init(
        path: String, recursive: Bool? = nil, withDecryption: Bool? = nil, pageToken: String? = nil
    ) {
        self.path = path
        self.recursive = recursive
        self.withDecryption = withDecryption
        self.pageToken = pageToken
    }

    private enum CodingKeys: String, CodingKey {
        case path = "Path"
        case recursive = "Recursive"
        case withDecryption = "WithDecryption"
        case pageToken = "NextToken"
    }

    private struct Answer: Decodable {
        let parameters: [SSMParameter]
        let nextToken: String?
        enum CodingKeys: String, CodingKey {
            case parameters = "Parameters"
            case nextToken = "NextToken"
        }
    }

    package func encode(into request: inout WireRequest) throws {
        try request.json(self)
    }

    package func decode(_ response: WireResponse) throws -> AWSPage<SSMParameter> {
        let answer = try response.json().decoded(as: Answer.self)
        return AWSPage(items: answer.parameters, nextToken: answer.nextToken)
    }
}
