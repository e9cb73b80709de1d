/// Asks whether a bucket exists and may be used.
///
/// Answers the region that the bucket lies in, which S3 always says and a proxy never does.
///
/// Source: https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadBucket.html
package struct HeadBucket: AWSOperation {
    package static let action = AWSAction(.s3, "HeadBucket", retry: .safe)

    package var bucket: String

    /// Makes the call; see the properties.
    package init(bucket: String) {
        self.bucket = bucket
    }

    package func encode(into request: inout WireRequest) {
        request.object("HEAD", bucket: bucket)
    }

    package func decode(_ response: WireResponse) throws -> String {
        try response.requiredHeader("x-amz-bucket-region")
    }
}
