import BuildGraph
import Crypto

/// A SHA-256 over bytes that come piece by piece.
struct RunningDigest {
    private var hash = SHA256()

    mutating func add(_ bytes: [UInt8]) {
        bytes.withUnsafeBytes { hash.update(bufferPointer: $0) }
    }

    /// 64 hexadecimal digits over all bytes so far.
    var hex: String { Digest.hex(hash.finalize()) }
}
