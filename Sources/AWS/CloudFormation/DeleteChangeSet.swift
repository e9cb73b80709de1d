/// Deletes a change set that was not carried out.
///
/// Source:
/// https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DeleteChangeSet.html
package struct DeleteChangeSet: AWSOperation {
    package static let action = AWSAction(.cloudFormation, "DeleteChangeSet", retry: .safe)

    /// Its name or ARN.
    package var changeSetName: String
    /// Its stack's name or ARN; by the change set's ARN alone IAM asks about that one.
    package var stackName: String

    /// Makes the call; see the properties.
    package init(changeSetName: String, stackName: String) {
        self.changeSetName = changeSetName
        self.stackName = stackName
    }

    package func encode(into request: inout WireRequest) {
        request.form.field("ChangeSetName", changeSetName)
        request.form.field("StackName", stackName)
    }

    package func decode(_ response: WireResponse) throws { try response.acknowledged() }
}
