/// One written part of a multipart upload.
package struct S3Part: Sendable, Equatable {
    package let number: Int
    /// With its quotes.
    package let etag: String
    /// Known only from a list of parts.
    package let sizeBytes: Int64?

    /// Makes a part.
    package init(number: Int, etag: String, sizeBytes: Int64? = nil) {
        self.number = number
        self.etag = etag
        self.sizeBytes = sizeBytes
    }
}
