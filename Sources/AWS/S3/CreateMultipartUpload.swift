/// Begins an object that is written in parts.
///
/// Source: https://docs.aws.amazon.com/AmazonS3/latest/API/API_CreateMultipartUpload.html
package struct CreateMultipartUpload: AWSOperation {
    package static let action = AWSAction(.s3, "CreateMultipartUpload", retry: .onlyIfUnsent)

    package var bucket: String
    package var key: String
    package var contentType: String
    /// What the object's readers are told of caching.
    package var cacheControl: String?
    package var tags: [AWSTag]
    /// Such as `CRC64NVME`.
    package var checksumAlgorithm: String?
    /// `FULL_OBJECT` or `COMPOSITE`.
    package var checksumType: String?

    /// Makes the call; see the properties.
    package init(
        bucket: String, key: String, contentType: String = "application/octet-stream",
        cacheControl: String? = nil, tags: [AWSTag] = [], checksumAlgorithm: String? = nil,
        checksumType: String? = nil
    ) {
        self.bucket = bucket
        self.key = key
        self.contentType = contentType
        self.cacheControl = cacheControl
        self.tags = tags
        self.checksumAlgorithm = checksumAlgorithm
        self.checksumType = checksumType
    }

    package func encode(into request: inout WireRequest) {
        request.object("POST", bucket: bucket, key: key)
        request.subresource("uploads")
        request.header("content-type", contentType)
        request.header("cache-control", cacheControl)
        request.header("x-amz-tagging", tags.isEmpty ? nil : tags.asHeader)
        request.header("x-amz-checksum-algorithm", checksumAlgorithm)
        request.header("x-amz-checksum-type", checksumType)
    }

    package func decode(_ response: WireResponse) throws -> String {
        return try response.xml("InitiateMultipartUploadResult").required("UploadId")
    }
}
