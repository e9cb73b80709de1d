import Diagnostics
import Glibc

/// Finds the files of one declared path.
struct InputWalk {
    private static let depthLimit = 64

    private let digester: InputDigester

    init(_ digester: InputDigester) { self.digester = digester }

    /// The digest of one declared file.
    func file(_ path: String) throws -> String {
        let absolute = digester.absolute(path)
        var status = stat()
        guard lstat(absolute, &status) == 0 else { throw FileReading.unreadable(absolute, errno) }
        let isLink = Self.kind(status) == S_IFLNK
        // Inside a folder a broken link is a fact like any other; a declared file must be there.
        guard stat(absolute, &status) == 0 else { throw FileReading.unreadable(absolute, errno) }
        guard Self.kind(status) == S_IFREG else { throw Self.wrong(absolute, "it is no file") }
        let digest = isLink ? try link(absolute) : try regular(absolute, status)
        guard let digest else { throw Self.wrong(absolute, "it is no file") }
        return digest
    }

    /// The files under one declared folder.
    func folder(_ path: String) throws -> [InputDigests.File] {
        let absolute = digester.absolute(path)
        var status = stat()
        guard stat(absolute, &status) == 0 else { throw FileReading.unreadable(absolute, errno) }
        guard Self.kind(status) == S_IFDIR else { throw Self.wrong(absolute, "it is no folder") }
        var files: [InputDigests.File] = []
        let name = path.hasSuffix("/") ? String(path.dropLast()) : path
        try walk(name, absolute, [Place(status)], &files)
        return files
    }

    private func walk(
        _ relative: String, _ absolute: String, _ above: [Place],
        _ files: inout [InputDigests.File]
    ) throws {
        guard above.count <= Self.depthLimit else {
            throw Self.wrong(absolute, "folders are nested more than \(Self.depthLimit) deep")
        }
        for name in try names(absolute) where !Self.isPassedOver(name) {
            let path = relative == "." ? name : "\(relative)/\(name)"
            let here = "\(absolute)/\(name)"
            var status = stat()
            guard lstat(here, &status) == 0 else {
                // Removed since the folder was listed: as if it had never been there.
                if errno == ENOENT { continue }
                throw FileReading.unreadable(here, errno)
            }
            switch Self.kind(status) {
            case S_IFDIR: try walk(path, here, above + [Place(status)], &files)
            case S_IFLNK:
                if let digest = try link(here) {
                    files.append(.init(path: path, digest: digest))
                }
                // What a link leads to counts too, unless that is a folder around the link.
                if stat(here, &status) == 0, Self.kind(status) == S_IFDIR,
                    !above.contains(Place(status))
                {
                    try walk(path, here, above + [Place(status)], &files)
                }
            default:
                guard let digest = try regular(here, status) else {
                    throw Self.wrong(here, "it is neither a file, a folder nor a link")
                }
                files.append(.init(path: path, digest: digest))
            }
        }
    }

    private func names(_ folder: String) throws -> [String] {
        do {
            return try FolderListing.names(in: folder)
        } catch let problem as Diagnostic {
            throw Self.wrong(folder, problem.causes.first ?? problem.summary)
        }
    }

    private func regular(_ path: String, _ status: stat) throws -> String? {
        guard Self.kind(status) == S_IFREG else { return nil }
        return try digester.contentDigest(path, status)
    }

    /// The digest of a link: its text, and the contents of the file that it leads to, if any.
    private func link(_ path: String) throws -> String? {
        var bytes = [CChar](repeating: 0, count: Int(PATH_MAX) + 1)
        let count = readlink(path, &bytes, Int(PATH_MAX))
        guard count >= 0 else { throw FileReading.unreadable(path, errno) }
        var text = Array("120000\n".utf8) + bytes[..<count].map { UInt8(bitPattern: $0) } + [0]
        var status = stat()
        if stat(path, &status) == 0, let contents = try regular(path, status) {
            text += contents.utf8
        }
        return Digest.of(text)
    }

    private static func kind(_ status: stat) -> mode_t { status.st_mode & S_IFMT }

    private static func isPassedOver(_ name: String) -> Bool {
        switch name {
        case ".git", "__pycache__", ".DS_Store": true
        default:
            name.hasSuffix("~") || name.hasSuffix(".pyc") || name.hasPrefix(".#")
                || (name.hasPrefix(".") && name.hasSuffix(".swp"))
                || (name.hasPrefix("#") && name.hasSuffix("#"))
        }
    }

    private static func wrong(_ path: String, _ cause: String) -> Diagnostic {
        Diagnostic(
            code: "graph.unreadable-input", severity: .configuration,
            summary: "cannot read `\(path)`, which a stage reads", location: path,
            causes: [cause], hint: "name another path in the manifest, or mend this one")
    }

    /// Which folder this is, whatever way led to it.
    private struct Place: Equatable {
        let device: UInt64
        let inode: UInt64

        init(_ status: stat) {
            device = UInt64(status.st_dev)
            inode = UInt64(status.st_ino)
        }
    }
}
