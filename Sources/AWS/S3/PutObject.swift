package import HTTP

/// Writes an object.
///
/// With a condition, a retry after a lost answer can be refused (`PreconditionFailed`)
/// because the first attempt did write it: read the object back to know.
///
/// Source: https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html
package struct PutObject: AWSOperation {
    package static let action = AWSAction(.s3, "PutObject", retry: .safe)

    package var bucket: String
    package var key: String
    package var body: HTTPRequest.Body
    package var contentType: String
    /// What the object's readers are told of caching.
    package var cacheControl: String?
    /// Only where the object has this `ETag` now.
    package var ifMatch: String?
    /// `*`: only where there is no such object.
    package var ifNoneMatch: String?
    package var tags: [AWSTag]
    /// The longest time that one attempt may take.
    package var longestSeconds: Double

    /// Makes the call; see the properties.
    package init(
        bucket: String, key: String, body: HTTPRequest.Body,
        contentType: String = "application/octet-stream", cacheControl: String? = nil,
        ifMatch: String? = nil, ifNoneMatch: String? = nil, tags: [AWSTag] = [],
        longestSeconds: Double = 3600
    ) {
        self.bucket = bucket
        self.key = key
        self.body = body
        self.contentType = contentType
        self.cacheControl = cacheControl
        self.ifMatch = ifMatch
        self.ifNoneMatch = ifNoneMatch
        self.tags = tags
        self.longestSeconds = longestSeconds
    }

    /// Makes the call for bytes that are held in memory.
    package init(
        bucket: String, key: String, bytes: [UInt8], contentType: String,
        cacheControl: String? = nil, ifMatch: String? = nil, ifNoneMatch: String? = nil,
        tags: [AWSTag] = [], longestSeconds: Double
    ) {
        self.init(
            bucket: bucket, key: key, body: .bytes(bytes), contentType: contentType,
            cacheControl: cacheControl, ifMatch: ifMatch, ifNoneMatch: ifNoneMatch, tags: tags,
            longestSeconds: longestSeconds)
    }

    package func encode(into request: inout WireRequest) {
        request.object("PUT", bucket: bucket, key: key)
        request.body = body
        request.header("content-type", contentType)
        request.header("cache-control", cacheControl)
        request.header("if-match", ifMatch)
        request.header("if-none-match", ifNoneMatch)
        request.header("x-amz-tagging", tags.isEmpty ? nil : tags.asHeader)
        request.totalTimeoutSeconds = longestSeconds
    }

    package func decode(_ response: WireResponse) throws -> String {
        return try response.requiredHeader("etag")
    }
}
