import Diagnostics
package import FoundationEssentials

/// Sets when an image stops being offered to others.
///
/// Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_EnableImageDeprecation.html
package struct EnableImageDeprecation: AWSOperation {
    package static let action = AWSAction(.ec2, "EnableImageDeprecation", retry: .safe)

    package var imageId: String
    /// EC2 rounds it to the minute.
    package var deprecateAt: Date

    /// Makes the call; see the properties.
    package init(imageId: String, deprecateAt: Date) {
        self.imageId = imageId
        self.deprecateAt = deprecateAt
    }

    package func encode(into request: inout WireRequest) {
        request.form.field("ImageId", imageId)
        request.form.field("DeprecateAt", String(Timestamp.text(deprecateAt).prefix(19)) + "Z")
    }

    package func decode(_ response: WireResponse) throws { try response.acknowledged() }
}
