import Glibc
import Hashing

/// What tells one state of a store from every other without reading what is in there.
package struct StoreFingerprint: Sendable, Equatable {
    /// Over the names and versions of everything that plans read: results, documents, journal.
    package let digest: String
    /// Whether every later change is certain to show.
    package let isSettled: Bool

    /// How long after a change a folder's files are settled.
    package static let settlingSeconds = 0.06

    /// Digests names with their versions.
    init(versions: [String: String]) {
        let lines = versions.sorted { $0.key < $1.key }.map { "\($0.key)\n\($0.value)\n" }
        digest = Digest.of(lines.joined())
        isSettled = true
    }

    /// Looks at the files of a folder; one that is not there has none.
    ///
    /// - Throws: `file.unreadable`.
    init(folder: String) throws {
        let names = try FolderListing.present(in: folder).filter(Self.counts).sorted()
        let now = FileFingerprint.now()
        var hash = SHA256()
        var isSettled = true
        for name in names {
            var status = stat()
            guard stat("\(folder)/\(name)", &status) == 0 else {
                isSettled = false
                continue
            }
            let file = FileFingerprint(status)
            isSettled = isSettled && file.isSettled(at: now)
            hash.update(Array(name.utf8))
            for number in [
                file.sizeBytes, file.modifiedNanoseconds, file.changedNanoseconds,
                Int64(bitPattern: file.inode),
            ] { withUnsafeBytes(of: number.littleEndian) { hash.update($0) } }
        }
        digest = Digest.text(hash.digest())
        self.isSettled = isSettled
    }

    /// Results, documents and the journal; not the lock, caches and files half-written.
    static func counts(_ name: String) -> Bool {
        !name.hasPrefix(".") && [".json", ".ndjson", ".md"].contains(where: name.hasSuffix)
    }
}

extension FolderListing {
    /// As `texts(in:)`; none where there is no folder.
    ///
    /// - Throws: `file.unreadable`.
    static func present(in folder: String) throws -> [String] {
        if access(folder, F_OK) != 0, errno == ENOENT { return [] }
        return try texts(in: folder)
    }
}
