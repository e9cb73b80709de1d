import CCrypto

/// SHA-256 over bytes that come piece by piece; a copy goes on by itself.
///
/// Source: <https://csrc.nist.gov/pubs/fips/180-4/upd1/final>
package struct SHA256: Sendable {
    /// The length of a digest.
    package static let digestBytes = 32
    /// The length of the blocks that it works in.
    package static let blockBytes = 64

    private var context = SHA256_CTX()

    /// Begins with no bytes.
    package init() {
        // What these functions return says nothing: they cannot fail.
        SHA256_Init(&context)
    }

    /// Adds bytes.
    package mutating func update(_ bytes: UnsafeRawBufferPointer) {
        SHA256_Update(&context, bytes.baseAddress, bytes.count)
    }

    /// Adds bytes.
    package mutating func update(_ bytes: [UInt8]) {
        bytes.withUnsafeBytes { update($0) }
    }

    /// The digest of all bytes so far; more may follow.
    package func digest() -> [UInt8] {
        var context = context
        return [UInt8](unsafeUninitializedCapacity: Self.digestBytes) { buffer, count in
            SHA256_Final(buffer.baseAddress, &context)
            count = Self.digestBytes
        }
    }

    /// The digest of some bytes.
    package static func digest(of bytes: [UInt8]) -> [UInt8] {
        var hash = SHA256()
        hash.update(bytes)
        return hash.digest()
    }
}
