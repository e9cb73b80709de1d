/// Begins to delete a stack; one that is not there is no error.
///
/// Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DeleteStack.html
package struct DeleteStack: AWSOperation {
    package static let action = AWSAction(.cloudFormation, "DeleteStack", retry: .safe)

    /// Its name or ARN.
    package var stackName: String
    package var clientToken: String?
    /// Logical ids to leave behind, for a stack whose deletion failed.
    package var retainResources: [String]

    /// Makes the call; see the properties.
    package init(stackName: String, clientToken: String? = nil, retainResources: [String] = []) {
        self.stackName = stackName
        self.clientToken = clientToken
        self.retainResources = retainResources
    }

    package func encode(into request: inout WireRequest) {
        request.form.field("StackName", stackName)
        request.form.field("ClientRequestToken", clientToken)
        request.form.list("RetainResources", retainResources)
    }

    package func decode(_ response: WireResponse) throws { try response.acknowledged() }
}
