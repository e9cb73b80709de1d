/// Writes one part from an object, inside S3.
///
/// Source: https://docs.aws.amazon.com/AmazonS3/latest/API/API_UploadPartCopy.html
package struct UploadPartCopy: AWSOperation {
    package static let action = AWSAction(.s3, "UploadPartCopy", retry: .safe)

    package var bucket: String
    package var key: String
    package var uploadId: String
    /// From 1 to 10000.
    package var partNumber: Int
    package var source: S3CopySource
    /// First and last byte; the whole object where it is nil.
    package var range: ClosedRange<UInt64>?
    /// Only while the source has this `ETag`.
    package var ifSourceMatches: String?

    /// Makes the call; see the properties.
    package init(
        bucket: String, key: String, uploadId: String, partNumber: Int, source: S3CopySource,
        range: ClosedRange<UInt64>? = nil, ifSourceMatches: String? = nil
    ) {
        self.bucket = bucket
        self.key = key
        self.uploadId = uploadId
        self.partNumber = partNumber
        self.source = source
        self.range = range
        self.ifSourceMatches = ifSourceMatches
    }

    package func encode(into request: inout WireRequest) {
        request.object("PUT", bucket: bucket, key: key)
        request.query("partNumber", String(partNumber))
        request.query("uploadId", uploadId)
        request.header("x-amz-copy-source", source.header)
        request.header(
            "x-amz-copy-source-range", range.map { "bytes=\($0.lowerBound)-\($0.upperBound)" })
        request.header("x-amz-copy-source-if-match", ifSourceMatches)
        request.mayFailWithStatus200 = true
        request.totalTimeoutSeconds = 3600
    }

    package func decode(_ response: WireResponse) throws -> S3Part {
        return S3Part(number: partNumber, etag: try response.xml("CopyPartResult").required("ETag"))
    }
}
