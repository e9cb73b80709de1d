/// Deletes a volume.
///
/// Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteVolume.html
package struct DeleteVolume: AWSOperation {
    package static let action = AWSAction(.ec2, "DeleteVolume", retry: .safe)

    package var volumeId: String

    /// Makes the call; see the properties.
    package init(volumeId: String) {
        self.volumeId = volumeId
    }

    package func encode(into request: inout WireRequest) {
        request.form.field("VolumeId", volumeId)
    }

    package func decode(_ response: WireResponse) throws { try response.acknowledged() }
}
