/// Lists what happened to a stack, the newest first.
///
/// Source:
/// https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeStackEvents.html
package struct DescribeStackEvents: AWSPagedOperation {
    package static let action = AWSAction(.cloudFormation, "DescribeStackEvents", retry: .safe)

    /// Its name, or its ARN where it is deleted.
    package var stackName: String
    package var pageToken: String?

    /// Makes the call; see the properties.
    package init(stackName: String, pageToken: String? = nil) {
        self.stackName = stackName
        self.pageToken = pageToken
    }

    package func encode(into request: inout WireRequest) {
        request.form.field("StackName", stackName)
        request.form.field("NextToken", pageToken)
    }

    package func decode(_ response: WireResponse) throws -> AWSPage<StackEvent> {
        let result = try response.xml()
        return AWSPage(
            items: try result.items("StackEvents").map(StackEvent.init),
            nextToken: result.text("NextToken"))
    }
}
