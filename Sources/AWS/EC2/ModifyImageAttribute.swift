/// Says who may launch an image.
///
/// Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifyImageAttribute.html
package struct ModifyImageAttribute: AWSOperation {
    package static let action = AWSAction(.ec2, "ModifyImageAttribute", retry: .safe)

    package var imageId: String
    package var change: LaunchPermissionChange

    /// Makes the call; see the properties.
    package init(imageId: String, change: LaunchPermissionChange) {
        self.imageId = imageId
        self.change = change
    }

    /// What changes.
    package enum LaunchPermissionChange: Sendable, Equatable {
        case makePublic
        case makePrivate
        case share(accountIds: [String])
        case unshare(accountIds: [String])
    }

    package func encode(into request: inout WireRequest) {
        request.form.field("ImageId", imageId)
        switch change {
        case .makePublic: request.form.field("LaunchPermission.Add.1.Group", "all")
        case .makePrivate: request.form.field("LaunchPermission.Remove.1.Group", "all")
        case .share(let accountIds):
            request.form.list("LaunchPermission.Add", accountIds) { $0.field("UserId", $1) }
        case .unshare(let accountIds):
            request.form.list("LaunchPermission.Remove", accountIds) { $0.field("UserId", $1) }
        }
    }

    package func decode(_ response: WireResponse) throws { try response.acknowledged() }
}
