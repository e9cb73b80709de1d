import Diagnostics
package import FoundationEssentials

/// An object as a list names it.
package struct S3Object: Sendable, Equatable {
    static let namespace = "http://s3.amazonaws.com/doc/2006-03-01/"

    package let key: String
    package let sizeBytes: Int64
    /// With its quotes.
    package let etag: String?
    package let lastModified: Date?

    init(_ node: XMLNode, isKeyEncoded: Bool) throws {
        key = try node.requiredKey(isEncoded: isKeyEncoded)
        guard let size = try node.integer("Size") else {
            throw XMLNode.missing("Size", in: node.name)
        }
        sizeBytes = size
        etag = node.text("ETag")
        lastModified = try node.date("LastModified")
    }
}

extension XMLNode {
    /// Whether the keys in a list are encoded, as `encoding-type=url` asked for; not everybody who
    /// speaks S3 follows that, but who does says so.
    var hasEncodedKeys: Bool { text("EncodingType") == "url" }

    /// A key in a list.
    ///
    /// - Throws: `aws.wire` where it is missing or not well encoded.
    func requiredKey(_ name: String = "Key", isEncoded: Bool) throws -> String {
        let written = try required(name)
        if !isEncoded { return written }
        guard let key = PercentEncoding.decode(written.replacing("+", with: " ")) else {
            throw Self.missing("a well encoded `\(name)`", in: self.name)
        }
        return key
    }
}
