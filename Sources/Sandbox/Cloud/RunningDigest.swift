import Hashing

/// A SHA-256 over bytes that come piece by piece.
struct RunningDigest {
    private var hash = SHA256()

    mutating func add(_ bytes: [UInt8]) {
        hash.update(bytes)
    }

    /// 64 hexadecimal digits over all bytes so far.
    var hex: String { Hexadecimal.text(hash.digest()) }
}
