import Glibc

/// A file of lines that only grows; a line that was appended survives a crash.
package final class AppendOnlyFile: Sendable {
    /// Which file this is.
    package let path: String
    private let descriptor: Int32

    /// Opens a file for appending, creating it where there is none.
    ///
    /// A last line that a crash tore is ended, so that the next one stands on its own.
    ///
    /// - Parameters:
    ///   - path: which file; its folder must exist.
    ///   - permissions: the mode of a new file, less the process's umask.
    /// - Throws: `file.unwritable`, `file.disk-full`.
    package init(_ path: String, permissions: UInt32 = 0o644) throws {
        self.path = path
        descriptor = retryingInterrupted {
            // A link would lead the lines to where nobody looks for them.
            open(
                path, O_CREAT | O_RDWR | O_APPEND | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK,
                mode_t(permissions))
        }
        guard descriptor >= 0 else { throw FileFailure.writing(path, errno) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.isRegularFile else {
            throw FileFailure.writing(path, EINVAL)
        }
        try AtomicFile.syncFolder(AtomicFile.parentFolder(of: path))
        let size = lseek(descriptor, 0, SEEK_END)
        guard size >= 0 else { throw FileFailure.writing(path, errno) }
        var last: UInt8 = 0
        if size > 0 {
            guard retryingInterrupted({ pread(descriptor, &last, 1, size - 1) }) == 1 else {
                throw FileFailure.writing(path, errno)
            }
            if last != UInt8(ascii: "\n") { try append([]) }
        }
    }

    deinit { if descriptor >= 0 { close(descriptor) } }

    /// Appends one line and waits until it is on the disk.
    ///
    /// - Parameter line: the line without its end; what holds line breaks may be torn by a crash.
    /// - Throws: `file.unwritable`, `file.disk-full`; part of a line is then taken back.
    package func append(_ line: [UInt8]) throws {
        let start = lseek(descriptor, 0, SEEK_END)
        do {
            try AtomicFile.writeAll(
                line + [UInt8(ascii: "\n")], to: descriptor, path: path)
            guard fsync(descriptor) == 0 else { throw FileFailure.writing(path, errno) }
        } catch {
            // Where even this fails, opening the file next time ends the torn line.
            if start >= 0 { ftruncate(descriptor, start) }
            throw error
        }
    }
}
