/// Ends an export that is under way.
///
/// Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CancelExportTask.html
package struct CancelExportTask: AWSOperation {
    package static let action = AWSAction(.ec2, "CancelExportTask", retry: .safe)

    package var taskId: String

    /// Makes the call; see the properties.
    package init(taskId: String) {
        self.taskId = taskId
    }

    package func encode(into request: inout WireRequest) {
        request.form.field("ExportTaskId", taskId)
    }

    package func decode(_ response: WireResponse) throws { try response.acknowledged() }
}
