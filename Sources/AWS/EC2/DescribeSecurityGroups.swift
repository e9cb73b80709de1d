/// Lists security groups.
///
/// Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeSecurityGroups.html
package struct DescribeSecurityGroups: AWSPagedOperation {
    package static let action = AWSAction(.ec2, "DescribeSecurityGroups", retry: .safe)

    package var groupIds: [String]
    package var filters: [EC2Filter]
    package var pageToken: String?

    /// Makes the call; see the properties.
    package init(groupIds: [String] = [], filters: [EC2Filter] = [], pageToken: String? = nil) {
        self.groupIds = groupIds
        self.filters = filters
        self.pageToken = pageToken
    }

    package func encode(into request: inout WireRequest) {
        request.form.list("GroupId", groupIds)
        request.form.filters(filters)
        request.form.field("NextToken", pageToken)
    }

    package func decode(_ response: WireResponse) throws -> AWSPage<EC2SecurityGroup> {
        let body = try response.xml()
        return AWSPage(
            items: try body.items("securityGroupInfo").map(EC2SecurityGroup.init),
            nextToken: body.text("nextToken"))
    }
}
