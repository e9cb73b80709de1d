/// Says who may launch an image.
///
/// Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeImageAttribute.html
package struct DescribeImageAttribute: AWSOperation {
    package static let action = AWSAction(.ec2, "DescribeImageAttribute", retry: .safe)

    package var imageId: String

    /// Makes the call; see the properties.
    package init(imageId: String) {
        self.imageId = imageId
    }

    /// Who may launch it besides its owner.
    package struct LaunchPermissions: Sendable, Equatable {
        package let isPublic: Bool
        package let accountIds: [String]
    }

    package func encode(into request: inout WireRequest) {
        request.form.field("ImageId", imageId)
        request.form.field("Attribute", "launchPermission")
    }

    package func decode(_ response: WireResponse) throws -> LaunchPermissions {
        let entries = try response.xml().items("launchPermission")
        return LaunchPermissions(
            isPublic: entries.contains { $0.text("group") == "all" },
            accountIds: entries.compactMap { $0.text("userId") })
    }
}
