/// Lists virtual networks.
///
/// Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeVpcs.html
package struct DescribeVpcs: AWSPagedOperation {
    package static let action = AWSAction(.ec2, "DescribeVpcs", retry: .safe)

    package var filters: [EC2Filter]
    package var pageToken: String?

    /// Makes the call; see the properties.
    package init(filters: [EC2Filter] = [], pageToken: String? = nil) {
        self.filters = filters
        self.pageToken = pageToken
    }

    /// One virtual network.
    package struct VPC: Sendable, Equatable {
        package let id: String
        package let isDefault: Bool
    }

    package func encode(into request: inout WireRequest) {
        request.form.filters(filters)
        request.form.field("NextToken", pageToken)
    }

    package func decode(_ response: WireResponse) throws -> AWSPage<VPC> {
        let body = try response.xml()
        return AWSPage(
            items: try body.items("vpcSet").map { item in
                VPC(
                    id: try item.required("vpcId"), isDefault: item.boolean("isDefault") ?? false)
            }, nextToken: body.text("nextToken"))
    }
}
