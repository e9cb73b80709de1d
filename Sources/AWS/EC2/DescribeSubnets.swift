/// Lists the parts of virtual networks.
///
/// Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeSubnets.html
package struct DescribeSubnets: AWSPagedOperation {
    package static let action = AWSAction(.ec2, "DescribeSubnets", retry: .safe)

    package var filters: [EC2Filter]
    package var pageToken: String?

    /// Makes the call; see the properties.
    package init(filters: [EC2Filter] = [], pageToken: String? = nil) {
        self.filters = filters
        self.pageToken = pageToken
    }

    /// One part of a virtual network.
    package struct Subnet: Sendable, Equatable {
        package let id: String
        package let zone: String?
        /// Whether EC2 starts machines here that name no subnet.
        package let isDefault: Bool
        /// Whether machines get a public address here.
        package let givesPublicAddresses: Bool
    }

    package func encode(into request: inout WireRequest) {
        request.form.filters(filters)
        request.form.field("NextToken", pageToken)
    }

    package func decode(_ response: WireResponse) throws -> AWSPage<Subnet> {
        let body = try response.xml()
        return AWSPage(
            items: try body.items("subnetSet").map { item in
                Subnet(
                    id: try item.required("subnetId"), zone: item.text("availabilityZone"),
                    isDefault: item.boolean("defaultForAz") ?? false,
                    givesPublicAddresses: item.boolean("mapPublicIpOnLaunch") ?? false)
            }, nextToken: body.text("nextToken"))
    }
}
