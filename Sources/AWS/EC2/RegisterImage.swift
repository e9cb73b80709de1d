/// Makes a machine image of snapshots that are there; nothing is copied.
///
/// The call has no client token, but a name is unique in an account and region: a repetition
/// answers `InvalidAMIName.Duplicate`.
///
/// Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_RegisterImage.html
package struct RegisterImage: AWSOperation {
    package static let action = AWSAction(.ec2, "RegisterImage", retry: .onlyIfUnsent)

    package var name: String
    package var description: String?
    /// `i386` where it is nil.
    package var architecture: String?
    package var rootDeviceName: String?
    package var volumes: [EC2Image.Volume]
    /// `legacy-bios`, `uefi` or `uefi-preferred`.
    package var bootMode: String?
    /// For the image; its snapshots have their own.
    package var tags: [AWSTag]

    /// Makes the call; see the properties.
    package init(
        name: String, description: String? = nil, architecture: String? = nil,
        rootDeviceName: String? = nil, volumes: [EC2Image.Volume], bootMode: String? = nil,
        tags: [AWSTag] = []
    ) {
        self.name = name
        self.description = description
        self.architecture = architecture
        self.rootDeviceName = rootDeviceName
        self.volumes = volumes
        self.bootMode = bootMode
        self.tags = tags
    }

    package func encode(into request: inout WireRequest) {
        request.form.field("Name", name)
        request.form.field("Description", description)
        request.form.field("Architecture", architecture)
        request.form.field("RootDeviceName", rootDeviceName)
        request.form.list("BlockDeviceMapping", volumes) { item, volume in
            item.field("DeviceName", volume.deviceName)
            item.field("Ebs.SnapshotId", volume.snapshotId)
        }
        request.form.field("BootMode", bootMode)
        // Else it is `paravirtual`, which no machine of today is.
        request.form.field("VirtualizationType", "hvm")
        request.form.tags(tags, of: "image")
    }

    package func decode(_ response: WireResponse) throws -> String {
        return try response.xml().required("imageId")
    }
}
