import Crypto
import Diagnostics
import Foundation

/// The SHA-256 of a file's part, read in pieces.
enum FileDigest {
    private static let pieceBytes: UInt64 = 1 << 20

    /// Reads and digests.
    ///
    /// - Throws: `aws.body` where the part cannot be read or is shorter than promised.
    static func sha256(path: String, offset: UInt64, sizeBytes: UInt64) throws -> String {
        var digest = SHA256()
        var left = sizeBytes
        do {
            let file = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
            defer { try? file.close() }
            try file.seek(toOffset: offset)
            while left > 0 {
                try Task.checkCancellation()
                let count = Int(min(left, pieceBytes))
                guard let piece = try file.read(upToCount: count), !piece.isEmpty else { break }
                digest.update(data: piece)
                left -= UInt64(piece.count)
            }
        } catch let error as CancellationError {
            throw error
        } catch {
            throw unreadable(path, "\(error.localizedDescription)")
        }
        guard left == 0 else { throw unreadable(path, "it is \(left) bytes shorter than expected") }
        return SigV4.hex(digest.finalize())
    }

    private static func unreadable(_ path: String, _ cause: String) -> Diagnostic {
        Diagnostic(
            code: "aws.body", summary: "cannot read `\(path)` to send it", causes: [cause],
            hint: "check that the file is there, readable and not being written")
    }
}
