import Glibc

/// A new temporary folder that only its owner may enter; for keys, secrets and sockets.
package struct PrivateFolder: Sendable {
    /// Where it is, without a slash at the end.
    package let path: String

    /// Makes an empty folder with mode 0700.
    ///
    /// - Parameters:
    ///   - prefix: how its name begins; short, because sockets within have paths of limited length.
    ///   - parent: where it is made.
    /// - Throws: `file.unwritable`, `file.disk-full`.
    package init(prefix: String, in parent: String = SystemFolder.temporary) throws {
        let folder = parent.hasSuffix("/") ? String(parent.dropLast()) : parent
        var template = Array("\(folder)/\(prefix)-XXXXXX".utf8CString)
        let made = template.withUnsafeMutableBufferPointer { buffer in
            buffer.baseAddress.flatMap { mkdtemp($0) }.map { String(cString: $0) }
        }
        guard let made else { throw FileFailure.writing(folder, errno) }
        path = made
    }

    /// Makes a folder with mode 0700 inside.
    ///
    /// - Returns: its path.
    /// - Throws: `file.unwritable`, `file.disk-full`.
    package func makeFolder(_ name: String) throws -> String {
        let folder = "\(path)/\(name)"
        guard mkdir(folder, 0o700) == 0 else { throw FileFailure.writing(folder, errno) }
        return folder
    }

    /// Writes a file with mode 0600 inside.
    ///
    /// - Returns: its path.
    /// - Throws: `file.unwritable`, `file.disk-full`.
    @discardableResult
    package func write(_ bytes: some Sequence<UInt8>, to name: String) throws -> String {
        let file = "\(path)/\(name)"
        try AtomicFile.write(Array(bytes), to: file, permissions: 0o600)
        return file
    }

    /// Deletes it with all that it holds; a folder that is gone already is no error.
    ///
    /// - Throws: `file.not-deleted`, whose hint is the command that does it.
    package func delete() throws {
        do {
            try FolderTree.remove(path)
        } catch let error as Diagnostic {
            var error = error
            error.summary += ", which holds secrets"
            throw error
        }
    }
}
