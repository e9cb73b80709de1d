import Glibc

/// A file that is written from its beginning, piece by piece.
package final class NewFile: Sendable {
    private let path: String
    private let descriptor: Int32

    /// Creates a file, for its owner only.
    ///
    /// - Parameter path: which file; nothing may be there.
    /// - Throws: `file.unwritable`, `file.disk-full`.
    package init(_ path: String) throws {
        self.path = path
        descriptor = retryingInterrupted {
            open(path, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0o600)
        }
        guard descriptor >= 0 else { throw FileFailure.writing(path, errno) }
    }

    deinit { if descriptor >= 0 { close(descriptor) } }

    /// Writes behind what is written already.
    ///
    /// - Throws: `file.unwritable`, `file.disk-full`.
    package func write(_ bytes: [UInt8]) throws {
        try AtomicFile.writeAll(bytes, to: descriptor, path: path)
    }
}
