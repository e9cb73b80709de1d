/// Says how a bucket encrypts what is written without a wish of its own.
///
/// Source: https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketEncryption.html
package struct GetBucketEncryption: AWSOperation {
    package static let action = AWSAction(.s3, "GetBucketEncryption", retry: .safe)

    package var bucket: String

    /// Makes the call; see the properties.
    package init(bucket: String) {
        self.bucket = bucket
    }

    package func encode(into request: inout WireRequest) {
        request.object("GET", bucket: bucket)
        request.subresource("encryption")
    }

    /// The algorithm, such as `AES256` or `aws:kms`; nil where no rule names one.
    package func decode(_ response: WireResponse) throws -> String? {
        try response.xml("ServerSideEncryptionConfiguration")["Rule"]?[
            "ApplyServerSideEncryptionByDefault"]?.text("SSEAlgorithm")
    }
}
