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
        guard lstat(absolute.characters, &status) == 0 else {
            throw FileReading.unreadable(absolute, errno)
        }
        let isLink = Self.kind(status) == S_IFLNK
        // Inside a folder a broken link is a fact like any other; a declared file must be there.
        guard stat(absolute.characters, &status) == 0 else {
            throw FileReading.unreadable(absolute, errno)
        }
        guard Self.kind(status) == S_IFREG else { throw Self.wrong(absolute, "it is no file") }
        let digest = isLink ? try link(absolute) : try regular(absolute, status)
        guard let digest else { throw Self.wrong(absolute, "it is no file") }
        return digest
    }

    /// The files under one declared folder.
    func folder(_ path: String) throws -> [InputDigests.File] {
        let absolute = digester.absolute(path)
        var status = stat()
        guard stat(absolute.characters, &status) == 0 else {
            throw FileReading.unreadable(absolute, errno)
        }
        guard Self.kind(status) == S_IFDIR else { throw Self.wrong(absolute, "it is no folder") }
        var files: [InputDigests.File] = []
        let name = path.hasSuffix("/") ? String(path.dropLast()) : path
        try walk(PathText.of(name.utf8), absolute, [Place(status)], &files)
        return files
    }

    private func walk(
        _ relative: String, _ absolute: SystemPath, _ above: [Place],
        _ files: inout [InputDigests.File]
    ) throws {
        guard above.count <= Self.depthLimit else {
            throw Self.wrong(absolute, "folders are nested more than \(Self.depthLimit) deep")
        }
        for name in try names(absolute) {
            let here = absolute.appending(name)
            var status = stat()
            guard lstat(here.characters, &status) == 0 else {
                // Removed since the folder was listed: as if it had never been there.
                if errno == ENOENT { continue }
                throw FileReading.unreadable(here, errno)
            }
            if LeftBehind.has(name, status) { continue }
            let text = PathText.of(name)
            let path = relative == "." ? text : "\(relative)/\(text)"
            switch Self.kind(status) {
            case S_IFDIR: try walk(path, here, above + [Place(status)], &files)
            case S_IFLNK:
                if let digest = try link(here) {
                    files.append(.init(path: path, digest: digest))
                }
                // What a link leads to counts too, unless that is a folder around the link.
                if stat(here.characters, &status) == 0, Self.kind(status) == S_IFDIR,
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

    private func names(_ folder: SystemPath) throws -> [[UInt8]] {
        do {
            return try FolderListing.names(in: folder)
        } catch let problem as Diagnostic {
            throw Self.wrong(folder, problem.causes.first ?? problem.summary)
        }
    }

    private func regular(_ path: SystemPath, _ status: stat) throws -> String? {
        guard Self.kind(status) == S_IFREG else { return nil }
        return try digester.contentDigest(path, status)
    }

    /// The digest of a link: its text, and the contents of the file that it leads to, if any.
    private func link(_ path: SystemPath) throws -> String? {
        var bytes = [CChar](repeating: 0, count: Int(PATH_MAX) + 1)
        let count = readlink(path.characters, &bytes, Int(PATH_MAX))
        guard count >= 0 else { throw FileReading.unreadable(path, errno) }
        var text = Array("120000\n".utf8) + bytes[..<count].map { UInt8(bitPattern: $0) } + [0]
        var status = stat()
        if stat(path.characters, &status) == 0, let contents = try regular(path, status) {
            text += contents.utf8
        }
        return Digest.of(text)
    }

    private static func kind(_ status: stat) -> mode_t { status.st_mode & S_IFMT }

    private static func wrong(_ place: SystemPath, _ cause: String) -> Diagnostic {
        Diagnostic(
            code: "graph.unreadable-input", severity: .configuration,
            summary: "cannot read `\(place.shown)`, which a stage reads",
            location: place.shown,
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
