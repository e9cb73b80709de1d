/// Says how far exports are.
///
/// Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeExportImageTasks.html
package struct DescribeExportImageTasks: AWSPagedOperation {
    package static let action = AWSAction(.ec2, "DescribeExportImageTasks", retry: .safe)

    package var taskIds: [String]
    package var filters: [EC2Filter]
    package var pageToken: String?

    /// Makes the call; see the properties.
    package init(taskIds: [String] = [], filters: [EC2Filter] = [], pageToken: String? = nil) {
        self.taskIds = taskIds
        self.filters = filters
        self.pageToken = pageToken
    }

    package func encode(into request: inout WireRequest) {
        request.form.list("ExportImageTaskId", taskIds)
        request.form.filters(filters)
        request.form.field("NextToken", pageToken)
    }

    package func decode(_ response: WireResponse) throws -> AWSPage<ExportImageTask> {
        let body = try response.xml()
        return AWSPage(
            items: try body.items("exportImageTaskSet").map(ExportImageTask.init),
            nextToken: body.text("nextToken"))
    }
}
