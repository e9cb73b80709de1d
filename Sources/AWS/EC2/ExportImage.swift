/// Begins to write a machine image into a bucket as a disk image.
///
/// Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ExportImage.html
package struct ExportImage: AWSOperation {
    package static let action = AWSAction(.ec2, "ExportImage", retry: .withClientToken)

    package var imageId: String
    /// `VMDK`, `VHD` or `RAW`.
    package var diskImageFormat: String
    package var bucket: String
    /// What the object's key begins with; EC2 adds the task's id and the format.
    package var prefix: String
    package var clientToken: String
    /// The VM import role; `vmimport` where it is nil.
    package var roleName: String?
    package var description: String?
    package var tags: [AWSTag]

    /// Makes the call; see the properties.
    package init(
        imageId: String, diskImageFormat: String, bucket: String, prefix: String,
        clientToken: String, roleName: String? = nil, description: String? = nil,
        tags: [AWSTag] = []
    ) {
        self.imageId = imageId
        self.diskImageFormat = diskImageFormat
        self.bucket = bucket
        self.prefix = prefix
        self.clientToken = clientToken
        self.roleName = roleName
        self.description = description
        self.tags = tags
    }

    package func encode(into request: inout WireRequest) {
        request.form.field("ImageId", imageId)
        request.form.field("DiskImageFormat", diskImageFormat)
        request.form.field("S3ExportLocation.S3Bucket", bucket)
        request.form.field("S3ExportLocation.S3Prefix", prefix)
        request.form.field("ClientToken", clientToken)
        request.form.field("RoleName", roleName)
        request.form.field("Description", description)
        request.form.tags(tags, of: "export-image-task")
    }

    package func decode(_ response: WireResponse) throws -> ExportImageTask {
        return try ExportImageTask(response.xml())
    }
}
