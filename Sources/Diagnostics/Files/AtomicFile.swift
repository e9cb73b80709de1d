import Glibc

/// Files that are seen whole or not at all, even after a crash.
package enum AtomicFile {
    /// Writes a file: a temporary one beside it, fsync, rename, fsync of the folder.
    ///
    /// - Parameters:
    ///   - bytes: the whole contents.
    ///   - path: which file; its folder must exist.
    ///   - permissions: the mode of the file, less the process's umask.
    /// - Throws: `file.unwritable`, `file.disk-full`; the old file is then untouched and nothing
    ///   is left beside it.
    package static func write(
        _ bytes: [UInt8], to path: String, permissions: UInt32 = 0o644
    ) throws {
        let folder = parentFolder(of: path)
        let name = path.split(separator: "/").last.map(String.init) ?? path
        let random = String(UInt64.random(in: .min ... .max), radix: 36)
        let temporary = "\(folder)/.\(name).\(random).tmp"
        let descriptor = retryingInterrupted {
            open(temporary, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, mode_t(permissions))
        }
        guard descriptor >= 0 else { throw FileFailure.writing(path, errno) }
        var isComplete = false
        defer { if !isComplete { unlink(temporary) } }
        do {
            defer { close(descriptor) }
            try writeAll(bytes, to: descriptor, path: path)
            guard fsync(descriptor) == 0 else { throw FileFailure.writing(path, errno) }
        }
        guard rename(temporary, path) == 0 else { throw FileFailure.writing(path, errno) }
        isComplete = true
        try syncFolder(folder)
    }

    /// Makes a folder's entries (a new or renamed file) survive a crash.
    ///
    /// - Throws: `file.unwritable`, `file.disk-full`.
    package static func syncFolder(_ folder: String) throws {
        let descriptor = retryingInterrupted { open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC) }
        guard descriptor >= 0 else { throw FileFailure.writing(folder, errno) }
        defer { close(descriptor) }
        // Some network and overlay file systems cannot sync a folder and say EINVAL.
        guard fsync(descriptor) == 0 || errno == EINVAL else {
            throw FileFailure.writing(folder, errno)
        }
    }

    static func parentFolder(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    static func writeAll(_ bytes: [UInt8], to descriptor: Int32, path: String) throws {
        var written = 0
        while written < bytes.count {
            let count = bytes.withUnsafeBytes { buffer in
                retryingInterrupted {
                    Glibc.write(
                        descriptor, buffer.baseAddress?.advanced(by: written),
                        buffer.count - written)
                }
            }
            guard count >= 0 else { throw FileFailure.writing(path, errno) }
            written += count
        }
    }
}

/// Diagnostics of writing, the same for every kind of file.
enum FileFailure {
    static func writing(_ path: String, _ code: Int32) -> Diagnostic {
        let isFull = code == ENOSPC || code == EDQUOT
        return Diagnostic(
            code: isFull ? "file.disk-full" : "file.unwritable",
            summary: "cannot write `\(path)`", location: path,
            causes: [SystemErrorText.text(code)],
            hint: isFull
                ? DiskSpace.hint
                : "check that the folder exists and that you may write to it")
    }
}
