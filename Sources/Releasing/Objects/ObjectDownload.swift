import Diagnostics
import FoundationEssentials
import Glibc
import Synchronization

/// Stores one version of an object in a file and checks it on the way.
struct ObjectDownload: Sendable {
    let reader: ObjectReader
    /// 64 hexadecimal digits; nil where only the size is known.
    let sha256: String?

    private static let reserveBytes: Int64 = 256 << 20

    /// Writes the object to a file, which must not exist.
    ///
    /// - Throws: `object.no-space`, `object.other-digest`, `file.unwritable`, `file.disk-full`,
    ///   and what `ObjectReader.read` throws.
    func save(to path: String, onPercent: @escaping @Sendable (Int) -> Void) async throws {
        try requireSpace(beside: path)
        let file = try NewFile(path)
        let hash = Mutex(RunningDigest())
        try await reader.read(onPercent: onPercent) { bytes in
            hash.withLock { $0.add(bytes) }
            try file.write(bytes)
        }
        let found = hash.withLock { $0.hex }
        guard let sha256, found != sha256 else { return }
        throw Diagnostic(
            code: "object.other-digest",
            summary: "`s3://\(reader.bucket)/\(reader.key)` is not what was recorded of it",
            causes: ["SHA-256 is \(found), recorded is \(sha256)"],
            hint: "export it again: `dssbatch MANIFEST --force export`")
    }

    private func requireSpace(beside path: String) throws {
        let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
        var status = statvfs()
        guard statvfs(folder, &status) == 0 else { return }
        let free = Int64(status.f_bavail) * Int64(status.f_frsize)
        let needed = reader.sizeBytes + Self.reserveBytes
        guard free < needed else { return }
        throw Diagnostic(
            code: "object.no-space",
            summary: "`\(folder)` has no room for `s3://\(reader.bucket)/\(reader.key)`",
            causes: ["\(ByteCount.text(needed)) are needed, \(ByteCount.text(free)) are free"],
            hint: "name another folder in the environment variable `TMPDIR`")
    }
}
