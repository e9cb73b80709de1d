import Hashing
package import JSON

/// SHA-256 in the one form in which digests are recorded: `sha256:` and 64 hexadecimal digits.
package enum Digest {
    private static let digits = Array("0123456789abcdef".utf8)
    private static let prefix = Array("sha256:".utf8)

    /// The digest of bytes.
    package static func of(_ bytes: [UInt8]) -> String { text(SHA256.digest(of: bytes)) }

    /// The digest of a text's UTF-8.
    package static func of(_ text: String) -> String { of(Array(text.utf8)) }

    /// The digest of a value's canonical form, which knows no order of keys.
    package static func of(_ value: JSONValue) -> String { of(value.canonicalBytes) }

    /// Bytes as lower-case hexadecimal digits, two each.
    package static func hex(_ bytes: some Sequence<UInt8>) -> String {
        var text: [UInt8] = []
        for byte in bytes {
            text.append(digits[Int(byte >> 4)])
            text.append(digits[Int(byte & 15)])
        }
        return String(decoding: text, as: UTF8.self)
    }

    static func text(_ digest: [UInt8]) -> String {
        String(unsafeUninitializedCapacity: prefix.count + 64) { buffer in
            var end = 0
            for byte in prefix {
                buffer[end] = byte
                end += 1
            }
            for byte in digest {
                buffer[end] = digits[Int(byte >> 4)]
                buffer[end + 1] = digits[Int(byte & 15)]
                end += 2
            }
            return end
        }
    }
}
