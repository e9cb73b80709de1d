/// Says what state stacks are in.
///
/// A stack that does not exist is the error `ValidationError`.
///
/// Source:
/// https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeStacks.html
package struct DescribeStacks: AWSPagedOperation {
    package static let action = AWSAction(.cloudFormation, "DescribeStacks", retry: .safe)

    /// A name, or the ARN of a stack that is deleted; all where it is nil.
    package var stackName: String?
    package var pageToken: String?

    /// Makes the call; see the properties.
    package init(stackName: String? = nil, pageToken: String? = nil) {
        self.stackName = stackName
        self.pageToken = pageToken
    }

    package func encode(into request: inout WireRequest) {
        request.form.field("StackName", stackName)
        request.form.field("NextToken", pageToken)
    }

    package func decode(_ response: WireResponse) throws -> AWSPage<Stack> {
        let result = try response.xml()
        return AWSPage(
            items: try result.items("Stacks").map(Stack.init), nextToken: result.text("NextToken"))
    }
}
