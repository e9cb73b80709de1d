/// Makes an object of its parts.
///
/// After a lost answer the upload may be complete and unknown to S3 (`NoSuchUpload`): ask for
/// the object then.
///
/// Source: https://docs.aws.amazon.com/AmazonS3/latest/API/API_CompleteMultipartUpload.html
package struct CompleteMultipartUpload: AWSOperation {
    package static let action = AWSAction(.s3, "CompleteMultipartUpload", retry: .safe)

    package var bucket: String
    package var key: String
    package var uploadId: String
    /// In the order of their numbers.
    package var parts: [S3Part]
    /// `*`: only where there is no such object.
    package var ifNoneMatch: String?

    /// Makes the call; see the properties.
    package init(
        bucket: String, key: String, uploadId: String, parts: [S3Part], ifNoneMatch: String? = nil
    ) {
        self.bucket = bucket
        self.key = key
        self.uploadId = uploadId
        self.parts = parts
        self.ifNoneMatch = ifNoneMatch
    }

    package func encode(into request: inout WireRequest) {
        request.object("POST", bucket: bucket, key: key)
        request.query("uploadId", uploadId)
        request.header("if-none-match", ifNoneMatch)
        request.xml(
            XMLNode(
                "CompleteMultipartUpload", attributes: ["xmlns": S3Object.namespace],
                parts.map { part in
                    XMLNode(
                        "Part",
                        [
                            XMLNode("ETag", text: part.etag),
                            XMLNode("PartNumber", text: String(part.number)),
                        ])
                }))
        request.mayFailWithStatus200 = true
        request.totalTimeoutSeconds = 1200
    }

    package func decode(_ response: WireResponse) throws -> String {
        return try response.xml(
            // The second is what moto writes, on which emulators are built.
            "CompleteMultipartUploadResult", "CompleteMultipartUploadResponse"
        ).required("ETag")
    }
}
