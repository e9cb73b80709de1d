import AWS
import Crypto
import Diagnostics
import Synchronization

/// The SHA-256 of an object, streamed once; a broken connection goes on where it broke off.
struct ObjectDigest: Sendable {
    let aws: any AWSCaller
    let region: String

    private static let mostTries = 8

    /// Reads one version of an object.
    ///
    /// - Parameters:
    ///   - etag: the reading fails where the object is another version by now.
    ///   - onPercent: called once for each whole percent that is read.
    /// - Returns: 64 hexadecimal digits.
    /// - Throws: `export.digest-incomplete`, `aws.*`.
    func sha256(
        bucket: String, key: String, etag: String, sizeBytes: Int64,
        onPercent: @escaping @Sendable (Int) -> Void
    ) async throws -> String {
        let state = Mutex<(hash: SHA256, count: Int64)>((SHA256(), 0))
        var last: (any Error)?
        for _ in 0..<Self.mostTries {
            let offset = state.withLock { $0.count }
            if offset >= sizeBytes { break }
            do {
                _ = try await aws.download(
                    GetObject(
                        bucket: bucket, key: key, range: "bytes=\(offset)-\(sizeBytes - 1)",
                        ifMatch: etag),
                    region: region
                ) { bytes in
                    let (before, after) = state.withLock { state in
                        let before = state.count
                        bytes.withUnsafeBytes { state.hash.update(bufferPointer: $0) }
                        state.count += Int64(bytes.count)
                        return (before, state.count)
                    }
                    let percent = Int(100 * after / max(1, sizeBytes))
                    if percent > Int(100 * before / max(1, sizeBytes)) { onPercent(percent) }
                }
            } catch let error as Diagnostic where error.code == "aws.unreachable" {
                last = error
            }
        }
        let (digest, count) = state.withLock { ($0.hash.finalize(), $0.count) }
        guard count == sizeBytes else {
            throw Diagnostic(
                code: "export.digest-incomplete",
                summary: "read \(count) of \(sizeBytes) bytes of `s3://\(bucket)/\(key)`",
                causes: last.map { [Diagnostic.from($0).summary] } ?? [],
                hint: "run the same command again: the export itself is not repeated")
        }
        return digest.map { byte in
            let text = String(byte, radix: 16)
            return text.count == 1 ? "0" + text : text
        }.joined()
    }
}
