/// HMAC with SHA-256.
///
/// Source: <https://www.rfc-editor.org/rfc/rfc2104>
package enum HMACSHA256 {
    /// The code that proves that whoever made it knows the key.
    package static func code(of bytes: [UInt8], key: [UInt8]) -> [UInt8] {
        let short = key.count > SHA256.blockBytes ? SHA256.digest(of: key) : key
        let block = short + [UInt8](repeating: 0, count: SHA256.blockBytes - short.count)
        var inner = SHA256()
        inner.update(block.map { $0 ^ 0x36 })
        inner.update(bytes)
        var outer = SHA256()
        outer.update(block.map { $0 ^ 0x5c })
        outer.update(inner.digest())
        return outer.digest()
    }
}
