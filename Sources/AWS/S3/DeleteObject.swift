/// Deletes an object; one that is not there is no error.
///
/// Source: https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObject.html
package struct DeleteObject: AWSOperation {
    package static let action = AWSAction(.s3, "DeleteObject", retry: .safe)

    package var bucket: String
    package var key: String
    /// Only while the object has this `ETag`.
    package var ifMatch: String?

    /// Makes the call; see the properties.
    package init(bucket: String, key: String, ifMatch: String? = nil) {
        self.bucket = bucket
        self.key = key
        self.ifMatch = ifMatch
    }

    package func encode(into request: inout WireRequest) {
        request.object("DELETE", bucket: bucket, key: key)
        request.header("if-match", ifMatch)
    }

    package func decode(_ response: WireResponse) throws { try response.acknowledged() }
}
