package import FoundationEssentials

/// What S3 says of an object in its headers.
package struct S3ObjectHead: Sendable, Equatable {
    /// Of the answer's body: of the whole object unless a range was asked for.
    package let sizeBytes: Int64
    /// With its quotes.
    package let etag: String
    package let lastModified: Date?
    /// When S3 answered, by its own clock.
    package let answeredAt: Date?
    package let contentType: String?
    /// Base64; nil where S3 has none or was not asked.
    package let crc64nvme: String?
    /// `FULL_OBJECT` or `COMPOSITE`.
    package let checksumType: String?

    init(_ response: WireResponse) throws {
        guard let size = Int64(try response.requiredHeader("content-length")), size >= 0 else {
            throw XMLNode.missing("a number in content-length", in: "the headers")
        }
        sizeBytes = size
        etag = try response.requiredHeader("etag")
        lastModified = response.header("last-modified").flatMap(HTTPDate.date)
        answeredAt = response.header("date").flatMap(HTTPDate.date)
        contentType = response.header("content-type")
        crc64nvme = response.header("x-amz-checksum-crc64nvme")
        checksumType = response.header("x-amz-checksum-type")
    }
}
