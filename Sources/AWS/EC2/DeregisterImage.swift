/// Takes a machine image away; its snapshots stay.
///
/// Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeregisterImage.html
package struct DeregisterImage: AWSOperation {
    package static let action = AWSAction(.ec2, "DeregisterImage", retry: .safe)

    package var imageId: String

    /// Makes the call; see the properties.
    package init(imageId: String) {
        self.imageId = imageId
    }

    package func encode(into request: inout WireRequest) {
        request.form.field("ImageId", imageId)
    }

    package func decode(_ response: WireResponse) throws { try response.acknowledged() }
}
