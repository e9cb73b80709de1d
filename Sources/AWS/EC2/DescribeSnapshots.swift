/// Lists snapshots.
///
/// Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeSnapshots.html
package struct DescribeSnapshots: AWSPagedOperation {
    package static let action = AWSAction(.ec2, "DescribeSnapshots", retry: .safe)

    /// `self`, or account ids; empty lists every snapshot that one may see.
    package var owners: [String]
    package var snapshotIds: [String]
    package var filters: [EC2Filter]
    package var pageToken: String?

    /// Makes the call; see the properties.
    package init(
        owners: [String] = [], snapshotIds: [String] = [], filters: [EC2Filter] = [],
        pageToken: String? = nil
    ) {
        self.owners = owners
        self.snapshotIds = snapshotIds
        self.filters = filters
        self.pageToken = pageToken
    }

    package func encode(into request: inout WireRequest) {
        request.form.list("Owner", owners)
        request.form.list("SnapshotId", snapshotIds)
        request.form.filters(filters)
        request.form.field("NextToken", pageToken)
    }

    package func decode(_ response: WireResponse) throws -> AWSPage<EC2Snapshot> {
        let body = try response.xml()
        return AWSPage(
            items: try body.items("snapshotSet").map(EC2Snapshot.init),
            nextToken: body.text("nextToken"))
    }
}
