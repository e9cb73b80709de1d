import AWS
import Diagnostics
import Hashing
import Synchronization

/// Streams one version of an object once; a broken connection goes on where it broke off.
struct ObjectReader: Sendable {
    let aws: any AWSCaller
    let region: String
    let bucket: String
    let key: String
    /// The reading fails where the object is another version by now.
    let etag: String
    let sizeBytes: Int64

    /// So many tries in a row may bring nothing; those that bring something do not count.
    private static let mostFruitlessTries = 8

    /// Reads the object.
    ///
    /// - Parameters:
    ///   - onPercent: called once for each whole percent that is read.
    ///   - onBytes: called for each piece, in order.
    /// - Throws: `object.incomplete`, `aws.*`, what `onBytes` throws.
    func read(
        onPercent: @escaping @Sendable (Int) -> Void,
        onBytes: @escaping @Sendable ([UInt8]) throws -> Void
    ) async throws {
        let count = Mutex<Int64>(0)
        var last: (any Error)?
        var fruitless = 0
        while fruitless < Self.mostFruitlessTries {
            let offset = count.withLock { $0 }
            if offset >= sizeBytes { break }
            do {
                _ = try await aws.download(
                    GetObject(
                        bucket: bucket, key: key, range: "bytes=\(offset)-\(sizeBytes - 1)",
                        ifMatch: etag),
                    region: region
                ) { bytes in
                    try onBytes(bytes)
                    let after = count.withLock { count in
                        count += Int64(bytes.count)
                        return count
                    }
                    let percent = percent(after)
                    if percent > self.percent(after - Int64(bytes.count)) { onPercent(percent) }
                }
            } catch let error as Diagnostic where error.code.hasPrefix("aws.") && error.isTrouble {
                last = error
            }
            fruitless = count.withLock { $0 } > offset ? 0 : fruitless + 1
        }
        let total = count.withLock { $0 }
        guard total == sizeBytes else {
            throw Diagnostic(
                code: "object.incomplete",
                summary: "read \(total) of \(sizeBytes) bytes of `s3://\(bucket)/\(key)`",
                causes: last.map { [Diagnostic.from($0).summary] } ?? [],
                hint: "run the same command again: the export itself is not repeated")
        }
    }

    /// The SHA-256 of the object: 64 hexadecimal digits.
    func sha256(onPercent: @escaping @Sendable (Int) -> Void) async throws -> String {
        let hash = Mutex(RunningDigest())
        try await read(onPercent: onPercent) { bytes in hash.withLock { $0.add(bytes) } }
        return hash.withLock { $0.hex }
    }

    private func percent(_ count: Int64) -> Int { Int(100 * count / max(1, sizeBytes)) }
}

/// A SHA-256 over bytes that come piece by piece.
struct RunningDigest {
    private var hash = SHA256()

    mutating func add(_ bytes: [UInt8]) {
        hash.update(bytes)
    }

    /// 64 hexadecimal digits over all bytes so far.
    var hex: String { Hexadecimal.text(hash.digest()) }
}
