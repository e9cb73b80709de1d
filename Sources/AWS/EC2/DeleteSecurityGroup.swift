/// Deletes a security group.
///
/// One that something still uses is the error `DependencyViolation`.
///
/// Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteSecurityGroup.html
package struct DeleteSecurityGroup: AWSOperation {
    package static let action = AWSAction(.ec2, "DeleteSecurityGroup", retry: .safe)

    package var groupId: String

    /// Makes the call; see the properties.
    package init(groupId: String) {
        self.groupId = groupId
    }

    package func encode(into request: inout WireRequest) {
        request.form.field("GroupId", groupId)
    }

    package func decode(_ response: WireResponse) throws { try response.acknowledged() }
}
