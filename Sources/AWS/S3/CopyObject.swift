/// Copies an object of at most 5 GiB inside S3.
///
/// Source: https://docs.aws.amazon.com/AmazonS3/latest/API/API_CopyObject.html
package struct CopyObject: AWSOperation {
    package static let action = AWSAction(.s3, "CopyObject", retry: .safe)

    package var bucket: String
    package var key: String
    package var source: S3CopySource
    /// Only while the source has this `ETag`.
    package var ifSourceMatches: String?
    /// Replace the source's; they come along where this is nil.
    package var tags: [AWSTag]?

    /// Makes the call; see the properties.
    package init(
        bucket: String, key: String, source: S3CopySource, ifSourceMatches: String? = nil,
        tags: [AWSTag]? = nil
    ) {
        self.bucket = bucket
        self.key = key
        self.source = source
        self.ifSourceMatches = ifSourceMatches
        self.tags = tags
    }

    package func encode(into request: inout WireRequest) {
        request.object("PUT", bucket: bucket, key: key)
        request.header("x-amz-copy-source", source.header)
        request.header("x-amz-copy-source-if-match", ifSourceMatches)
        if let tags {
            request.header("x-amz-tagging-directive", "REPLACE")
            request.header("x-amz-tagging", tags.asHeader)
        }
        request.mayFailWithStatus200 = true
        request.totalTimeoutSeconds = 3600
    }

    package func decode(_ response: WireResponse) throws -> String {
        return try response.xml().required("ETag")
    }
}
