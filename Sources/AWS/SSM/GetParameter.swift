import JSON

/// Reads one parameter.
///
/// Source: https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetParameter.html
package struct GetParameter: AWSOperation, Encodable {
    package static let action = AWSAction(.ssm, "GetParameter", retry: .safe)

    package var name: String
    package var withDecryption: Bool?

    /// Makes the call; see the properties.
    package init(name: String, withDecryption: Bool? = nil) {
        self.name = name
        self.withDecryption = withDecryption
    }

    private enum CodingKeys: String, CodingKey {
        case name = "Name"
        case withDecryption = "WithDecryption"
    }

    private struct Answer: Decodable {
        let parameter: SSMParameter
        enum CodingKeys: String, CodingKey { case parameter = "Parameter" }
    }

    package func encode(into request: inout WireRequest) throws {
        try request.json(self)
    }

    package func decode(_ response: WireResponse) throws -> SSMParameter {
        return try response.json(withOneOf: "Parameter").decoded(as: Answer.self).parameter
    }
}
