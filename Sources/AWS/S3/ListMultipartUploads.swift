/// Lists multipart uploads that were neither completed nor given up.
///
/// Source: https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListMultipartUploads.html
package struct ListMultipartUploads: AWSPagedOperation {
    package static let action = AWSAction(.s3, "ListMultipartUploads", retry: .safe)

    package var bucket: String
    package var prefix: String?
    package var pageToken: String?

    /// Makes the call; see the properties.
    package init(bucket: String, prefix: String? = nil, pageToken: String? = nil) {
        self.bucket = bucket
        self.prefix = prefix
        self.pageToken = pageToken
    }

    package func encode(into request: inout WireRequest) {
        request.object("GET", bucket: bucket)
        request.subresource("uploads")
        request.query("encoding-type", "url")
        request.query("prefix", prefix)
        let marker = pageToken.flatMap(S3UploadMarker.init)
        request.query("key-marker", marker?.key)
        request.query("upload-id-marker", marker?.uploadId)
    }

    package func decode(_ response: WireResponse) throws -> AWSPage<S3Upload> {
        let body = try response.xml("ListMultipartUploadsResult")
        return AWSPage(
            items: try body.all("Upload").map {
                try S3Upload($0, isKeyEncoded: body.hasEncodedKeys)
            },
            nextToken: try S3UploadMarker.next(in: body))
    }
}
