import FoundationEssentials
import Hashing
package import JSON

/// SHA-256 in the one form in which digests are recorded: `sha256:` and 64 hexadecimal digits.
package enum Digest {
    /// The digest of bytes.
    package static func of(_ bytes: [UInt8]) -> String { text(SHA256.digest(of: bytes)) }

    /// The digest of a text's UTF-8.
    package static func of(_ text: String) -> String { of(Array(text.utf8)) }

    /// The digest of a value's canonical form, which knows no order of keys.
    package static func of(_ value: JSONValue) -> String { of(value.canonicalBytes) }

    /// The digest of a text in the form of web pages' policies: `sha256-` and base64.
    package static func integrity(of text: String) -> String {
        "sha256-" + Data(SHA256.digest(of: Array(text.utf8))).base64EncodedString()
    }

    static func text(_ digest: [UInt8]) -> String { "sha256:" + Hexadecimal.text(digest) }
}
