/// Lists volumes.
///
/// Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeVolumes.html
package struct DescribeVolumes: AWSPagedOperation {
    package static let action = AWSAction(.ec2, "DescribeVolumes", retry: .safe)

    package var volumeIds: [String]
    package var filters: [EC2Filter]
    package var pageToken: String?

    /// Makes the call; see the properties.
    package init(volumeIds: [String] = [], filters: [EC2Filter] = [], pageToken: String? = nil) {
        self.volumeIds = volumeIds
        self.filters = filters
        self.pageToken = pageToken
    }

    package func encode(into request: inout WireRequest) {
        request.form.list("VolumeId", volumeIds)
        request.form.filters(filters)
        request.form.field("NextToken", pageToken)
    }

    package func decode(_ response: WireResponse) throws -> AWSPage<EC2Volume> {
        let body = try response.xml()
        return AWSPage(
            items: try body.items("volumeSet").map(EC2Volume.init),
            nextToken: body.text("nextToken"))
    }
}
