/// Lists key pairs.
///
/// Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeKeyPairs.html
package struct DescribeKeyPairs: AWSOperation {
    package static let action = AWSAction(.ec2, "DescribeKeyPairs", retry: .safe)

    package var keyNames: [String]
    package var filters: [EC2Filter]

    /// Makes the call; see the properties.
    package init(keyNames: [String] = [], filters: [EC2Filter] = []) {
        self.keyNames = keyNames
        self.filters = filters
    }

    package func encode(into request: inout WireRequest) {
        request.form.list("KeyName", keyNames)
        request.form.filters(filters)
    }

    package func decode(_ response: WireResponse) throws -> [EC2KeyPair] {
        return try response.xml().items("keySet").map(EC2KeyPair.init)
    }
}
