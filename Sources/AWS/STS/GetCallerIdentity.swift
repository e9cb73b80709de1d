/// Says whose credentials these are; needs no permission.
///
/// Source: https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html
package struct GetCallerIdentity: AWSOperation {
    package static let action = AWSAction(.sts, "GetCallerIdentity", retry: .safe)

    /// Whose credentials these are.
    package struct Identity: Sendable, Equatable {
        package let account: String
        package let arn: String
        package let userId: String
    }

    /// Makes the call; it has no fields.
    package init() {}

    package func encode(into request: inout WireRequest) {}

    package func decode(_ response: WireResponse) throws -> Identity {
        let result = try response.xml()
        return Identity(
            account: try result.required("Account"), arn: try result.required("Arn"),
            userId: try result.required("UserId"))
    }
}
