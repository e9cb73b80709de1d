/// Lists key pairs.
///
/// Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeKeyPairs.html
package struct DescribeKeyPairs: AWSOperation {
    package static let action = AWSAction(.ec2, "DescribeKeyPairs", retry: .safe)

    package var keyNames: [String]
    package var filters: [EC2Filter]
    /// Asks for the public keys too.
    package var includesPublicKey: Bool

    /// Makes the call; see the properties.
    package init(
        keyNames: [String] = [], filters: [EC2Filter] = [], includesPublicKey: Bool = false
    ) {
        self.keyNames = keyNames
        self.filters = filters
        self.includesPublicKey = includesPublicKey
    }

    package func encode(into request: inout WireRequest) {
        request.form.list("KeyName", keyNames)
        request.form.filters(filters)
        if includesPublicKey { request.form.field("IncludePublicKey", "true") }
    }

    package func decode(_ response: WireResponse) throws -> [EC2KeyPair] {
        return try response.xml().items("keySet").map(EC2KeyPair.init)
    }
}
