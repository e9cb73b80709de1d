/// Says which zones of a region offer which kinds of machines.
///
/// Source:
/// https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeInstanceTypeOfferings.html
package struct DescribeInstanceTypeOfferings: AWSPagedOperation {
    package static let action = AWSAction(.ec2, "DescribeInstanceTypeOfferings", retry: .safe)

    package var filters: [EC2Filter]
    package var pageToken: String?

    /// Makes the call; see the properties.
    package init(filters: [EC2Filter] = [], pageToken: String? = nil) {
        self.filters = filters
        self.pageToken = pageToken
    }

    /// One kind of machine in one zone.
    package struct Offering: Sendable, Equatable {
        /// Such as `t3.medium`.
        package let instanceType: String
        /// Such as `eu-central-1a`.
        package let zone: String
    }

    package func encode(into request: inout WireRequest) {
        request.form.field("LocationType", "availability-zone")
        request.form.filters(filters)
        request.form.field("NextToken", pageToken)
    }

    package func decode(_ response: WireResponse) throws -> AWSPage<Offering> {
        let body = try response.xml()
        return AWSPage(
            items: try body.items("instanceTypeOfferingSet").map { item in
                Offering(
                    instanceType: try item.required("instanceType"),
                    zone: try item.required("location"))
            }, nextToken: body.text("nextToken"))
    }
}
