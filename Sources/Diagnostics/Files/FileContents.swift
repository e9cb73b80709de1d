import Glibc

/// Whole files read into memory, with a limit.
package enum FileContents {
    /// Reads a file.
    ///
    /// - Parameters:
    ///   - path: which file.
    ///   - limitBytes: the largest size that is read.
    ///   - followsLink: whether the path itself may be a symbolic link.
    /// - Throws: `file.not-found`, `file.unreadable`, `file.too-big`.
    package static func read(
        _ path: String, limitBytes: Int = 64 << 20, followsLink: Bool = true
    ) throws -> [UInt8] {
        // Nobody may ever write to a pipe, so opening one must not wait.
        let flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK | (followsLink ? 0 : O_NOFOLLOW)
        let descriptor = retryingInterrupted { open(path, flags) }
        guard descriptor >= 0 else { throw unreadable(path, errno) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw unreadable(path, errno) }
        guard status.isRegularFile else {
            // People name it where they want to have no file.
            if status.st_rdev == nullDevice, status.st_mode & S_IFMT == S_IFCHR { return [] }
            throw unreadable(path, status.st_mode & S_IFMT == S_IFDIR ? EISDIR : nil)
        }
        guard status.st_size <= limitBytes else { throw tooBig(path, limitBytes) }
        // One byte more than expected: where it is not filled, that was the end, and no further
        // call needs to ask.
        let expected = min(max(0, Int(status.st_size)), limitBytes)
        var bytes: [UInt8] = []
        while true {
            let room = bytes.isEmpty ? expected + 1 : 64 * 1024
            let part = try [UInt8](unsafeUninitializedCapacity: room) { buffer, count in
                let got = retryingInterrupted { Glibc.read(descriptor, buffer.baseAddress, room) }
                guard got >= 0 else { throw unreadable(path, errno) }
                count = got
            }
            let isRest = expected > 0 && part.count == expected && bytes.isEmpty
            if bytes.isEmpty { bytes = part } else { bytes += part }
            guard bytes.count <= limitBytes else { throw tooBig(path, limitBytes) }
            if part.isEmpty || isRest { return bytes }
        }
    }

    /// Device 1, 3 of every Linux.
    ///
    /// Source: <https://www.kernel.org/doc/html/latest/admin-guide/devices.html>
    private static let nullDevice: dev_t = 1 << 8 | 3

    /// - Parameter code: nil for a pipe, a socket or a device.
    private static func unreadable(_ path: String, _ code: Int32?) -> Diagnostic {
        Diagnostic(
            code: code == ENOENT ? "file.not-found" : "file.unreadable", severity: .configuration,
            summary: "cannot read `\(path)`", location: path,
            causes: [
                code.map { $0 == ELOOP ? "it is a symbolic link" : SystemErrorText.text($0) }
                    ?? "it is a pipe, a socket or a device"
            ],
            hint: code == ENOENT
                ? "check the path; it is relative to the current folder"
                : "check that it is a file and that you may read it")
    }

    private static func tooBig(_ path: String, _ limitBytes: Int) -> Diagnostic {
        Diagnostic(
            code: "file.too-big", severity: .configuration,
            summary: "`\(path)` is bigger than \(limitBytes) bytes", location: path,
            hint: "check that this is the right file")
    }
}
