import Diagnostics
import Glibc
import Hashing

/// One reading of one file from beginning to end.
struct FileReading {
    let digest: String
    let fingerprint: FileFingerprint
    /// Whether the file stayed as it was while it was read.
    let isWhole: Bool

    private static let chunkBytes = 256 * 1024

    init(_ path: SystemPath) throws {
        let descriptor = retryingInterrupted {
            open(path.characters, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        }
        guard descriptor >= 0 else { throw Self.unreadable(path, errno) }
        defer { close(descriptor) }
        var before = stat()
        guard fstat(descriptor, &before) == 0 else { throw Self.unreadable(path, errno) }
        guard before.isRegularFile else { throw Self.unreadable(path, nil) }
        var hash = SHA256()
        let mode = before.st_mode & S_IXUSR == 0 ? "100644" : "100755"
        hash.update(Array("\(mode)\n".utf8))
        let room = min(Self.chunkBytes, max(1, Int(before.st_size) + 1))
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: room, alignment: 16)
        defer { buffer.deallocate() }
        while true {
            let count = retryingInterrupted { read(descriptor, buffer.baseAddress, room) }
            guard count >= 0 else { throw Self.unreadable(path, errno) }
            if count == 0 { break }
            hash.update(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
        }
        var after = stat()
        guard fstat(descriptor, &after) == 0 else { throw Self.unreadable(path, errno) }
        digest = Digest.text(hash.digest())
        fingerprint = FileFingerprint(before)
        isWhole = fingerprint == FileFingerprint(after)
    }

    static func unreadable(_ place: SystemPath, _ code: Int32?) -> Diagnostic {
        let path = place.shown
        if code == ENOENT || code == ENOTDIR {
            return Diagnostic(
                code: "graph.missing-input", severity: .configuration,
                summary: "there is no `\(path)`, which a stage reads", location: path,
                hint: "check the path in the manifest; it is relative to the project's folder")
        }
        return Diagnostic(
            code: "graph.unreadable-input", severity: .configuration,
            summary: "cannot read `\(path)`, which a stage reads", location: path,
            causes: [code.map(SystemErrorText.text) ?? "it is no regular file"],
            hint: "check that you may read it")
    }
}
