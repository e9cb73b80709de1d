import HTTP

/// Reads an object.
///
/// Source: https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html
package struct GetObject: AWSOperation {
    package static let action = AWSAction(.s3, "GetObject", retry: .safe)

    package var bucket: String
    package var key: String
    /// Such as `bytes=0-99`.
    package var range: String?
    /// Only while the object has this `ETag`.
    package var ifMatch: String?
    /// `call` refuses an object longer than this; `download` streams any.
    package var limitBytes: Int
    /// The longest time that one attempt may take.
    package var longestSeconds: Double

    /// Makes the call; see the properties.
    package init(
        bucket: String, key: String, range: String? = nil, ifMatch: String? = nil,
        limitBytes: Int = 64 << 20, longestSeconds: Double = 6 * 3600
    ) {
        self.bucket = bucket
        self.key = key
        self.range = range
        self.ifMatch = ifMatch
        self.limitBytes = limitBytes
        self.longestSeconds = longestSeconds
    }

    /// What came.
    package struct Object: Sendable, Equatable {
        package let head: S3ObjectHead
        /// Empty after `download`.
        package let body: [UInt8]
    }

    package func encode(into request: inout WireRequest) {
        request.object("GET", bucket: bucket, key: key)
        request.header("range", range)
        request.header("if-match", ifMatch)
        request.answerLimitBytes = limitBytes
        request.totalTimeoutSeconds = longestSeconds
    }

    package func decode(_ response: WireResponse) throws -> Object {
        return Object(head: try S3ObjectHead(response), body: response.http.body)
    }
}
