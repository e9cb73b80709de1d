/// Lists objects by the beginning of their keys.
///
/// Source: https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html
package struct ListObjectsV2: AWSPagedOperation {
    package static let action = AWSAction(.s3, "ListObjectsV2", retry: .safe)

    package var bucket: String
    package var prefix: String?
    package var delimiter: String?
    /// At most 1000.
    package var pageSize: Int?
    package var pageToken: String?

    /// Makes the call; see the properties.
    package init(
        bucket: String, prefix: String? = nil, delimiter: String? = nil, pageSize: Int? = nil,
        pageToken: String? = nil
    ) {
        self.bucket = bucket
        self.prefix = prefix
        self.delimiter = delimiter
        self.pageSize = pageSize
        self.pageToken = pageToken
    }

    package func encode(into request: inout WireRequest) {
        request.object("GET", bucket: bucket)
        request.query("list-type", "2")
        request.query("encoding-type", "url")
        request.query("prefix", prefix)
        request.query("delimiter", delimiter)
        request.query("max-keys", pageSize.map(String.init))
        request.query("continuation-token", pageToken)
    }

    package func decode(_ response: WireResponse) throws -> AWSPage<S3Object> {
        let body = try response.xml("ListBucketResult")
        return AWSPage(
            items: try body.all("Contents").map {
                try S3Object($0, isKeyEncoded: body.hasEncodedKeys)
            },
            nextToken: body.boolean("IsTruncated") == true
                ? try body.required("NextContinuationToken") : nil)
    }
}
