/// A machine image (AMI).
package struct EC2Image: Sendable, Equatable {
    /// A volume that a machine gets of a snapshot.
    package struct Volume: Sendable, Equatable {
        package let deviceName: String
        package let snapshotId: String

        /// Makes one; see the properties.
        package init(deviceName: String, snapshotId: String) {
            self.deviceName = deviceName
            self.snapshotId = snapshotId
        }
    }

    package let id: String
    package let name: String?
    package let description: String?
    /// RFC 3339; the newest image has the greatest text.
    package let creationDate: String?
    /// Such as `pending`, `available`, `failed` or `deregistered`.
    package let state: String
    package let stateReason: String?
    package let architecture: String?
    package let rootDeviceName: String?
    package let rootDeviceType: String?
    /// Those of its volumes that are made of a snapshot.
    package let volumes: [Volume]
    /// Whether any of its volumes is encrypted.
    package let isEncrypted: Bool
    package let ownerId: String?
    package let isPublic: Bool
    /// `windows`, or nil.
    package let platform: String?
    package let platformDetails: String?
    package let productCodes: [String]
    package let bootMode: String?
    package let deprecationTime: String?
    /// Whether it may not be deregistered, or not before a cooldown of 24 hours is over.
    package let isProtected: Bool
    /// The image that it was made or copied from; nil where EC2 does not know.
    package let sourceImageId: String?
    package let tags: [AWSTag]

    /// The snapshots of all its volumes.
    package var snapshotIds: [String] { volumes.map(\.snapshotId) }

    init(_ node: XMLNode) throws {
        id = try node.required("imageId")
        name = node.text("name")
        description = node.text("description")
        creationDate = node.text("creationDate")
        state = try node.required("imageState")
        stateReason = node["stateReason"]?.text("message")
        architecture = node.text("architecture")
        rootDeviceName = node.text("rootDeviceName")
        rootDeviceType = node.text("rootDeviceType")
        volumes = node.items("blockDeviceMapping").compactMap { device in
            device["ebs"]?.text("snapshotId").map {
                Volume(deviceName: device.text("deviceName") ?? "", snapshotId: $0)
            }
        }
        isEncrypted = node.items("blockDeviceMapping").contains {
            $0["ebs"]?.text("encrypted") == "true"
        }
        ownerId = node.text("imageOwnerId")
        isPublic = node.boolean("isPublic") ?? false
        platform = node.text("platform")
        platformDetails = node.text("platformDetails")
        productCodes = node.items("productCodes").compactMap { $0.text("productCode") }
        bootMode = node.text("bootMode")
        deprecationTime = node.text("deprecationTime")
        isProtected = (node.text("deregistrationProtection") ?? "disabled") != "disabled"
        sourceImageId = node.text("sourceImageId")
        tags = try node.tags()
    }
}
