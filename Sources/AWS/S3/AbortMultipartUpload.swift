/// Gives up a multipart upload and frees its parts.
///
/// Source: https://docs.aws.amazon.com/AmazonS3/latest/API/API_AbortMultipartUpload.html
package struct AbortMultipartUpload: AWSOperation {
    package static let action = AWSAction(.s3, "AbortMultipartUpload", retry: .safe)

    package var bucket: String
    package var key: String
    package var uploadId: String

    /// Makes the call; see the properties.
    package init(bucket: String, key: String, uploadId: String) {
        self.bucket = bucket
        self.key = key
        self.uploadId = uploadId
    }

    package func encode(into request: inout WireRequest) {
        request.object("DELETE", bucket: bucket, key: key)
        request.query("uploadId", uploadId)
    }

    package func decode(_ response: WireResponse) throws { try response.acknowledged() }
}
