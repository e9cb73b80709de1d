/// Reads an object's tags.
///
/// Source: https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObjectTagging.html
package struct GetObjectTagging: AWSOperation {
    package static let action = AWSAction(.s3, "GetObjectTagging", retry: .safe)

    package var bucket: String
    package var key: String

    /// Makes the call; see the properties.
    package init(bucket: String, key: String) {
        self.bucket = bucket
        self.key = key
    }

    package func encode(into request: inout WireRequest) {
        request.object("GET", bucket: bucket, key: key)
        request.subresource("tagging")
    }

    package func decode(_ response: WireResponse) throws -> [AWSTag] {
        return try response.xml("Tagging").items("TagSet").map { tag in
            AWSTag(try tag.required("Key"), try tag.required("Value"))
        }
    }
}
