package import HTTP

/// Writes one part.
///
/// Source: https://docs.aws.amazon.com/AmazonS3/latest/API/API_UploadPart.html
package struct UploadPart: AWSOperation {
    package static let action = AWSAction(.s3, "UploadPart", retry: .safe)

    package var bucket: String
    package var key: String
    package var uploadId: String
    /// From 1 to 10000.
    package var partNumber: Int
    package var body: HTTPRequest.Body

    /// Makes the call; see the properties.
    package init(
        bucket: String, key: String, uploadId: String, partNumber: Int, body: HTTPRequest.Body
    ) {
        self.bucket = bucket
        self.key = key
        self.uploadId = uploadId
        self.partNumber = partNumber
        self.body = body
    }

    package func encode(into request: inout WireRequest) {
        request.object("PUT", bucket: bucket, key: key)
        request.query("partNumber", String(partNumber))
        request.query("uploadId", uploadId)
        request.body = body
        request.header("content-type", "application/octet-stream")
        request.totalTimeoutSeconds = 3600
    }

    package func decode(_ response: WireResponse) throws -> S3Part {
        return S3Part(number: partNumber, etag: try response.requiredHeader("etag"))
    }
}
