import CCrypto

/// SHA-1, by which others name their files; it guards nothing.
///
/// Source: <https://csrc.nist.gov/pubs/fips/180-4/upd1/final>
package enum SHA1 {
    private static let digestBytes = 20

    /// The digest of some bytes.
    package static func digest(of bytes: [UInt8]) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: digestBytes) { buffer, count in
            _ = bytes.withUnsafeBytes {
                CCrypto.SHA1($0.baseAddress, $0.count, buffer.baseAddress)
            }
            count = digestBytes
        }
    }
}
