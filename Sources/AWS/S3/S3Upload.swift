package import FoundationEssentials

/// A multipart upload that was neither completed nor given up.
package struct S3Upload: Sendable, Equatable {
    package let key: String
    package let uploadId: String
    package let initiated: Date?

    init(_ node: XMLNode, isKeyEncoded: Bool) throws {
        key = try node.requiredKey(isEncoded: isKeyEncoded)
        uploadId = try node.required("UploadId")
        initiated = try node.date("Initiated")
    }
}

/// Where the next page of uploads begins: a key and an upload id, in one token.
struct S3UploadMarker {
    let key: String
    let uploadId: String

    /// Takes a token apart; an upload id holds no blank, a key may.
    init?(_ token: String) {
        guard let blank = token.firstIndex(of: " ") else { return nil }
        uploadId = String(token[..<blank])
        key = String(token[token.index(after: blank)...])
    }

    /// The token of the page behind a list; nil on the last.
    static func next(in body: XMLNode) throws -> String? {
        guard body.boolean("IsTruncated") == true else { return nil }
        let key = try body.requiredKey("NextKeyMarker", isEncoded: body.hasEncodedKeys)
        return "\(try body.required("NextUploadIdMarker")) \(key)"
    }
}
