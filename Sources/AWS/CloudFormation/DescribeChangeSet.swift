/// Says how far a change set is and what it would do.
///
/// Source:
/// https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeChangeSet.html
package struct DescribeChangeSet: AWSPagedOperation {
    package static let action = AWSAction(.cloudFormation, "DescribeChangeSet", retry: .safe)

    /// Its name or ARN.
    package var changeSetName: String
    /// Its stack's name or ARN; by the change set's ARN alone IAM asks about that one.
    package var stackName: String
    /// Whether each change tells the values before and after.
    package var includePropertyValues: Bool?
    package var pageToken: String?

    /// Makes the call; see the properties.
    package init(
        changeSetName: String, stackName: String, includePropertyValues: Bool? = nil,
        pageToken: String? = nil
    ) {
        self.changeSetName = changeSetName
        self.stackName = stackName
        self.includePropertyValues = includePropertyValues
        self.pageToken = pageToken
    }

    package static func nextToken(of output: ChangeSet) -> String? { output.nextToken }

    package func encode(into request: inout WireRequest) {
        request.form.field("ChangeSetName", changeSetName)
        request.form.field("StackName", stackName)
        request.form.field("IncludePropertyValues", includePropertyValues)
        request.form.field("NextToken", pageToken)
    }

    package func decode(_ response: WireResponse) throws -> ChangeSet {
        return try ChangeSet(response.xml())
    }
}
