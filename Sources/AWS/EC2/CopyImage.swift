/// Copies a machine image into the region that is called.
///
/// Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CopyImage.html
package struct CopyImage: AWSOperation {
    package static let action = AWSAction(.ec2, "CopyImage", retry: .withClientToken)

    package var sourceImageId: String
    package var sourceRegion: String
    package var name: String
    package var clientToken: String
    package var description: String?
    /// Whether the source's own tags come along.
    package var copiesImageTags: Bool?
    /// For the image and its snapshots, from their first moment on.
    package var tags: [AWSTag]

    /// Makes the call; see the properties.
    package init(
        sourceImageId: String, sourceRegion: String, name: String, clientToken: String,
        description: String? = nil, copiesImageTags: Bool? = nil, tags: [AWSTag] = []
    ) {
        self.sourceImageId = sourceImageId
        self.sourceRegion = sourceRegion
        self.name = name
        self.clientToken = clientToken
        self.description = description
        self.copiesImageTags = copiesImageTags
        self.tags = tags
    }

    package func encode(into request: inout WireRequest) {
        request.form.field("SourceImageId", sourceImageId)
        request.form.field("SourceRegion", sourceRegion)
        request.form.field("Name", name)
        request.form.field("ClientToken", clientToken)
        request.form.field("Description", description)
        request.form.field("CopyImageTags", copiesImageTags)
        request.form.tags(tags, of: "image", "snapshot")
    }

    package func decode(_ response: WireResponse) throws -> String {
        return try response.xml().required("imageId")
    }
}
