/// One export of a machine image.
package struct ExportImageTask: Sendable, Equatable {
    package let id: String
    /// `active`, `cancelling`, `cancelled`, `completed`; what failed is `deleted` or `deleting`.
    package let status: String
    /// What it does now, or why it ended.
    package let statusMessage: String?
    /// From 0 to 100; nil before it has begun and after its end.
    package let percent: Double?
    package let imageId: String?
    /// What it was described as when it was asked for; EC2 tells the format nowhere else.
    package let description: String?
    package let bucket: String?
    package let prefix: String?
    package let tags: [AWSTag]

    init(_ node: XMLNode) throws {
        id = try node.required("exportImageTaskId")
        status = try node.required("status")
        statusMessage = node.text("statusMessage")
        percent = node.text("progress").flatMap(Double.init)
        imageId = node.text("imageId")
        description = node.text("description")
        bucket = node["s3ExportLocation"]?.text("s3Bucket")
        prefix = node["s3ExportLocation"]?.text("s3Prefix")
        tags = try node.tags()
    }
}
