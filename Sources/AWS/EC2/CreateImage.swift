/// Makes a machine image of a machine.
///
/// The call has no client token, but a name is unique in an account and region: a repetition
/// answers `InvalidAMIName.Duplicate`.
///
/// Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateImage.html
package struct CreateImage: AWSOperation {
    package static let action = AWSAction(.ec2, "CreateImage", retry: .onlyIfUnsent)

    package var instanceId: String
    package var name: String
    package var description: String?
    /// Whether the machine stays up, so that its file systems may be caught half written.
    package var noReboot: Bool?
    /// For the image and its snapshots, from their first moment on.
    package var tags: [AWSTag]

    /// Makes the call; see the properties.
    package init(
        instanceId: String, name: String, description: String? = nil, noReboot: Bool? = nil,
        tags: [AWSTag] = []
    ) {
        self.instanceId = instanceId
        self.name = name
        self.description = description
        self.noReboot = noReboot
        self.tags = tags
    }

    package func encode(into request: inout WireRequest) {
        request.form.field("InstanceId", instanceId)
        request.form.field("Name", name)
        request.form.field("Description", description)
        request.form.field("NoReboot", noReboot)
        request.form.tags(tags, of: "image", "snapshot")
    }

    package func decode(_ response: WireResponse) throws -> String {
        return try response.xml().required("imageId")
    }
}
