/// Describes an object; `NoSuchKey` where there is none.
///
/// Source: https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadObject.html
package struct HeadObject: AWSOperation {
    package static let action = AWSAction(.s3, "HeadObject", retry: .safe)

    package var bucket: String
    package var key: String
    /// Whether S3 also answers the object's checksum.
    package var wantsChecksum: Bool

    /// Makes the call; see the properties.
    package init(bucket: String, key: String, wantsChecksum: Bool = true) {
        self.bucket = bucket
        self.key = key
        self.wantsChecksum = wantsChecksum
    }

    package func encode(into request: inout WireRequest) {
        request.object("HEAD", bucket: bucket, key: key)
        request.header("x-amz-checksum-mode", wantsChecksum ? "ENABLED" : nil)
    }

    package func decode(_ response: WireResponse) throws -> S3ObjectHead {
        return try S3ObjectHead(response)
    }
}
