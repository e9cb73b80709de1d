import Glibc

/// Folders with all that is above or below them.
package enum FolderTree {
    /// Makes a folder, and those above it that are missing; one that is there already is no error.
    ///
    /// - Parameter permissions: the mode of what is made, less the process's umask.
    /// - Throws: `file.unwritable`, `file.disk-full`.
    package static func make(_ path: String, permissions: UInt32 = 0o777) throws {
        if mkdir(path, mode_t(permissions)) == 0 { return }
        var code = errno
        if code == ENOENT {
            let parent = AtomicFile.parentFolder(of: path)
            guard parent != path, !path.isEmpty else { throw FileFailure.writing(path, code) }
            try make(parent, permissions: permissions)
            if mkdir(path, mode_t(permissions)) == 0 { return }
            code = errno
        }
        var status = stat()
        // Whether by a slash at the end or another run, it is there now.
        if code == EEXIST, stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR { return }
        throw FileFailure.writing(path, code == EEXIST ? ENOTDIR : code)
    }

    /// Deletes a folder with all that it holds, following no link; one that is gone is no error.
    ///
    /// - Throws: `file.not-deleted`.
    package static func remove(_ path: String) throws {
        let code = removing(Array(path.utf8CString.dropLast()))
        guard code != 0, code != ENOENT else { return }
        throw Diagnostic(
            code: "file.not-deleted", summary: "cannot delete `\(path)`", location: path,
            causes: [SystemErrorText.text(code)], hint: "delete it by hand: `rm -r \(path)`")
    }

    // A name may be no UTF-8, so paths are bytes here.
    private static let dot = [CChar(bitPattern: UInt8(ascii: "."))]
    private static let slash = [CChar(bitPattern: UInt8(ascii: "/"))]

    /// Returns the number of the first error; what could be deleted is gone all the same.
    private static func removing(_ bytes: [CChar]) -> Int32 {
        let path = bytes + [0]
        var status = stat()
        guard lstat(path, &status) == 0 else { return errno }
        guard status.st_mode & S_IFMT == S_IFDIR else { return unlink(path) == 0 ? 0 : errno }
        guard let stream = opendir(path) else { return errno }
        var first: Int32 = 0
        while let entry = readdir(stream) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
                bytes.prefix { $0 != 0 }.map { CChar(bitPattern: $0) }
            }
            if name == Self.dot || name == Self.dot + Self.dot { continue }
            let code = removing(bytes + Self.slash + name)
            if first == 0, code != ENOENT { first = code }
        }
        closedir(stream)
        if rmdir(path) == 0 { return 0 }
        return first == 0 ? errno : first
    }
}

/// Folders that the system names.
package enum SystemFolder {
    /// Where temporary files belong: `TMPDIR`, else `/tmp`; without a slash at the end.
    package static var temporary: String {
        guard let named = getenv("TMPDIR"), named.pointee != 0 else { return "/tmp" }
        var path = Substring(String(cString: named))
        while path.count > 1, path.hasSuffix("/") { path.removeLast() }
        return String(path)
    }
}
