/// Lists stacks, deleted ones too.
///
/// Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ListStacks.html
package struct ListStacks: AWSPagedOperation {
    package static let action = AWSAction(.cloudFormation, "ListStacks", retry: .safe)

    /// Only these, such as `DELETE_FAILED`; all where it is empty.
    package var statuses: [String]
    package var pageToken: String?

    /// Makes the call; see the properties.
    package init(statuses: [String] = [], pageToken: String? = nil) {
        self.statuses = statuses
        self.pageToken = pageToken
    }

    package func encode(into request: inout WireRequest) {
        request.form.list("StackStatusFilter", statuses)
        request.form.field("NextToken", pageToken)
    }

    package func decode(_ response: WireResponse) throws -> AWSPage<StackSummary> {
        let result = try response.xml()
        return AWSPage(
            items: try result.items("StackSummaries").map(StackSummary.init),
            nextToken: result.text("NextToken"))
    }
}
