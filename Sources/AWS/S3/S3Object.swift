package import Foundation

/// An object as a list names it.
package struct S3Object: Sendable, Equatable {
    static let namespace = "http://s3.amazonaws.com/doc/2006-03-01/"

    package let key: String
    package let sizeBytes: Int64
    /// With its quotes.
    package let etag: String?
    package let lastModified: Date?

    init(_ node: XMLNode) throws {
        key = try node.requiredKey()
        guard let size = try node.integer("Size") else {
            throw XMLNode.missing("Size", in: node.name)
        }
        sizeBytes = size
        etag = node.text("ETag")
        lastModified = try node.date("LastModified")
    }
}

extension XMLNode {
    /// A key in a list that was asked for with `encoding-type=url`, which writes blanks as `+`.
    func requiredKey(_ name: String = "Key") throws -> String {
        let encoded = try required(name)
        guard let key = encoded.replacing("+", with: " ").removingPercentEncoding else {
            throw Self.missing("a well encoded `\(name)`", in: self.name)
        }
        return key
    }
}
