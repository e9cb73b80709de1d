/// Carries a change set out.
///
/// Source:
/// https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ExecuteChangeSet.html
package struct ExecuteChangeSet: AWSOperation {
    package static let action = AWSAction(
        .cloudFormation, "ExecuteChangeSet", retry: .withClientToken)

    /// Its name or ARN.
    package var changeSetName: String
    package var clientToken: String
    /// Its stack's name or ARN; by the change set's ARN alone IAM asks about that one.
    package var stackName: String
    package var disableRollback: Bool?

    /// Makes the call; see the properties.
    package init(
        changeSetName: String, clientToken: String, stackName: String,
        disableRollback: Bool? = nil
    ) {
        self.changeSetName = changeSetName
        self.clientToken = clientToken
        self.stackName = stackName
        self.disableRollback = disableRollback
    }

    package func encode(into request: inout WireRequest) {
        request.form.field("ChangeSetName", changeSetName)
        request.form.field("ClientRequestToken", clientToken)
        request.form.field("StackName", stackName)
        request.form.field("DisableRollback", disableRollback)
    }

    package func decode(_ response: WireResponse) throws { try response.acknowledged() }
}
