/// Lists the parts of a multipart upload that are written.
///
/// Source: https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListParts.html
package struct ListParts: AWSPagedOperation {
    package static let action = AWSAction(.s3, "ListParts", retry: .safe)

    package var bucket: String
    package var key: String
    package var uploadId: String
    package var pageToken: String?

    /// Makes the call; see the properties.
    package init(bucket: String, key: String, uploadId: String, pageToken: String? = nil) {
        self.bucket = bucket
        self.key = key
        self.uploadId = uploadId
        self.pageToken = pageToken
    }

    package func encode(into request: inout WireRequest) {
        request.object("GET", bucket: bucket, key: key)
        request.query("uploadId", uploadId)
        request.query("part-number-marker", pageToken)
    }

    package func decode(_ response: WireResponse) throws -> AWSPage<S3Part> {
        // The second is what moto writes, on which emulators are built.
        let body = try response.xml("ListPartsResult", "ListPartsResponse")
        let parts = try body.all("Part").map { part in
            guard let number = try part.integer("PartNumber") else {
                throw XMLNode.missing("PartNumber", in: part.name)
            }
            return S3Part(
                number: Int(number), etag: try part.required("ETag"),
                sizeBytes: try part.integer("Size"))
        }
        return AWSPage(
            items: parts,
            nextToken: body.boolean("IsTruncated") == true
                ? try body.required("NextPartNumberMarker") : nil)
    }
}
