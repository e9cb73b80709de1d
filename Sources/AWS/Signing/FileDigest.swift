import Diagnostics
import Glibc
import Hashing

/// The SHA-256 of a file's part, read in pieces.
enum FileDigest {
    private static let pieceBytes = 1 << 20

    /// Reads and digests.
    ///
    /// - Throws: `aws.body` where the part cannot be read or is shorter than promised.
    static func sha256(path: String, offset: UInt64, sizeBytes: UInt64) throws -> String {
        var digest = SHA256()
        var left = sizeBytes
        let file = retryingInterrupted { open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK) }
        guard file >= 0 else { throw unreadable(path, SystemErrorText.text(errno)) }
        defer { close(file) }
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: pieceBytes, alignment: 16)
        defer { buffer.deallocate() }
        while left > 0 {
            try Task.checkCancellation()
            let wanted = Int(min(left, UInt64(pieceBytes)))
            let position = off_t(clamping: offset + (sizeBytes - left))
            let count = retryingInterrupted {
                pread(file, buffer.baseAddress, wanted, position)
            }
            guard count >= 0 else { throw unreadable(path, SystemErrorText.text(errno)) }
            if count == 0 { break }
            digest.update(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
            left -= UInt64(count)
        }
        guard left == 0 else { throw unreadable(path, "it is \(left) bytes shorter than expected") }
        return Hexadecimal.text(digest.digest())
    }

    private static func unreadable(_ path: String, _ cause: String) -> Diagnostic {
        Diagnostic(
            code: "aws.body", summary: "cannot read `\(path)` to send it", causes: [cause],
            hint: "check that the file is there, readable and not being written")
    }
}
