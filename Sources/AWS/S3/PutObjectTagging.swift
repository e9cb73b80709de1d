/// Replaces an object's tags.
///
/// Source: https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObjectTagging.html
package struct PutObjectTagging: AWSOperation {
    package static let action = AWSAction(.s3, "PutObjectTagging", retry: .safe)

    package var bucket: String
    package var key: String
    package var tags: [AWSTag]

    /// Makes the call; see the properties.
    package init(bucket: String, key: String, tags: [AWSTag]) {
        self.bucket = bucket
        self.key = key
        self.tags = tags
    }

    package func encode(into request: inout WireRequest) {
        request.object("PUT", bucket: bucket, key: key)
        request.subresource("tagging")
        let tags = tags.map { tag in
            XMLNode("Tag", [XMLNode("Key", text: tag.key), XMLNode("Value", text: tag.value)])
        }
        request.xml(
            XMLNode(
                "Tagging", attributes: ["xmlns": S3Object.namespace], [XMLNode("TagSet", tags)]))
        request.bodyChecksum()
    }

    package func decode(_ response: WireResponse) throws { try response.acknowledged() }
}
