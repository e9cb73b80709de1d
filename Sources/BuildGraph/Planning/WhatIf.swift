import Diagnostics

/// The declared files with some of them taken for changed (`--what-if`).
struct WhatIf {
    let digests: InputDigests
    /// The files that only count as changed.
    let files: Set<String>

    /// - Parameters:
    ///   - paths: files or folders, relative to the project.
    ///   - graph: whose declared files are meant.
    ///   - digests: what they really are.
    init(_ paths: Set<String>, _ graph: StageGraph, _ digests: InputDigests) {
        let wanted = paths.map { PathText.normalized(Self.trimmed($0)) }
        guard !wanted.isEmpty else {
            self.digests = digests
            files = []
            return
        }
        let isMeant = { (path: String) in
            wanted.contains { path == $0 || path.hasPrefix("\($0)/") }
        }
        var changed = digests
        var files: Set<String> = []
        for (declared, contents) in digests.contents {
            var new = contents.map { file -> InputDigests.File in
                guard isMeant(file.path) else { return file }
                files.insert(file.path)
                return .init(path: file.path, digest: Self.otherDigest(file.digest))
            }
            if declared.isFolder {
                new += Self.added(wanted, to: declared.path, contents)
                files.formUnion(new.dropFirst(contents.count).map(\.path))
            }
            changed.set(declared, new)
        }
        self.digests = changed
        self.files = files
    }

    /// The files that are not there yet and would be new ones of a folder.
    private static func added(
        _ wanted: [String], to folder: String, _ contents: [InputDigests.File]
    ) -> [InputDigests.File] {
        let known = Set(contents.map(\.path))
        let beginning = PathText.beginning(of: trimmed(folder))
        return wanted.compactMap { path in
            guard let behind = path.suffix(after: beginning), !known.contains(path),
                !LeftBehind.passesOver(path: behind),
                !known.contains(where: { $0.hasPrefix("\(path)/") })
            else { return nil }
            return .init(path: path, digest: otherDigest(""))
        }
    }

    /// Never the digest of a real file, whose hash begins with its mode.
    private static func otherDigest(_ digest: String) -> String { Digest.of("what if\n\(digest)") }

    private static func trimmed(_ path: String) -> String {
        var path = Substring(path)
        while path.hasPrefix("./") { path = path.dropFirst(2) }
        while path.hasSuffix("/") { path = path.dropLast() }
        return String(path)
    }
}

extension RecordedWorld {
    /// Makes sure that each `--what-if` is of a declared file, or would be one of a declared
    /// folder: else the plan would look as if the change concerned nothing.
    ///
    /// - Throws: `graph.unknown-file` of severity `.configuration`.
    package func checkWhatIf(_ selection: Selection, in graph: StageGraph) throws {
        for path in selection.whatIf.sorted()
        where WhatIf([path], graph, digests).files.isEmpty {
            throw Diagnostic(
                code: "graph.unknown-file", severity: .configuration,
                summary: "no stage is made from `\(path)`", location: "--what-if",
                hint: "name a file or folder of the project that a stage is made from")
        }
    }
}
