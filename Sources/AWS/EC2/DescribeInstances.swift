/// Lists machines, whatever reservation they belong to.
///
/// Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeInstances.html
package struct DescribeInstances: AWSPagedOperation {
    package static let action = AWSAction(.ec2, "DescribeInstances", retry: .safe)

    package var instanceIds: [String]
    package var filters: [EC2Filter]
    package var pageToken: String?

    /// Makes the call; see the properties.
    package init(instanceIds: [String] = [], filters: [EC2Filter] = [], pageToken: String? = nil) {
        self.instanceIds = instanceIds
        self.filters = filters
        self.pageToken = pageToken
    }

    package func encode(into request: inout WireRequest) {
        request.form.list("InstanceId", instanceIds)
        request.form.filters(filters)
        request.form.field("NextToken", pageToken)
    }

    package func decode(_ response: WireResponse) throws -> AWSPage<EC2Instance> {
        let body = try response.xml()
        let instances = body.items("reservationSet").flatMap { $0.items("instancesSet") }
        return AWSPage(
            items: try instances.map(EC2Instance.init), nextToken: body.text("nextToken"))
    }
}
