import Diagnostics
import FoundationEssentials
import Glibc
import Synchronization

/// Reads the files that stages declare, each only where it changed since it was last read.
///
/// A file's digest is over git's mode (`100644`, `100755`) and its contents: other mode bits depend
/// on the umask of whoever checked the project out, and results are shared. A symbolic
/// link's is over its target's text and the file's contents that it leads to. In a folder,
/// what programs leave while nobody edits is passed over (`LeftBehind`).
package final class InputDigester: Sendable {
    /// The project's folder, to which declared paths are relative.
    package let root: String
    private let cachePath: String?
    private let equals: [String: String]
    private let cache: Mutex<DigestCache>

    /// Reads the cache, where there is one; reads no input yet.
    ///
    /// - Parameters:
    ///   - root: the folder that declared paths are relative to.
    ///   - cachePath: where `saveCache` keeps what was read; nil for nowhere.
    ///   - equals: digests of declared files that count as another one: of an earlier content, from
    ///     which the same things are made.
    package init(root: String, cachePath: String?, equals: [String: String] = [:]) {
        self.root = root
        self.cachePath = cachePath
        self.equals = equals
        cache = Mutex(cachePath.map { DigestCache(path: $0) } ?? DigestCache())
    }

    /// Reads what every stage of a graph declares.
    ///
    /// - Throws: as `digest(_:)`.
    package func digest(_ graph: StageGraph) throws -> InputDigests {
        try digest(graph.stages.flatMap(\.inputs))
    }

    /// Reads what some inputs stand for; writes nothing.
    ///
    /// - Throws: `graph.missing-input`, `graph.unreadable-input`, severity `.configuration`.
    package func digest(_ inputs: [StageInput]) throws -> InputDigests {
        var digests = InputDigests()
        for input in inputs where !digests.has(input) {
            switch input {
            case .setting: continue
            case .file(let path):
                let digest = try InputWalk(self).file(path)
                digests.setFile(path, digest: equals[digest] ?? digest)
            case .folder(let path): digests.setFolder(path, try InputWalk(self).folder(path))
            }
        }
        return digests
    }

    /// Writes the cache where anything was read anew; only a run does this, a plan never.
    ///
    /// - Throws: `file.unwritable`, `file.disk-full`.
    package func saveCache() throws {
        guard let cachePath else { return }
        let bytes = cache.withLock { cache -> [UInt8]? in
            guard cache.isChanged else { return nil }
            cache.markSaved()
            return cache.bytes
        }
        guard let bytes else { return }
        let folder = URL(fileURLWithPath: cachePath).deletingLastPathComponent().path
        // Where that fails, the writing says what is wrong.
        try? FolderTree.make(folder)
        try AtomicFile.write(bytes, to: cachePath)
    }

    func absolute(_ path: String) -> SystemPath {
        SystemPath(path.utf8.first == UInt8(ascii: "/") ? path : "\(root)/\(path)")
    }

    /// The digest of a file's mode and contents.
    ///
    /// - Parameters:
    ///   - path: where it is.
    ///   - status: what `stat` (following links) just said of it.
    func contentDigest(_ path: SystemPath, _ status: stat) throws -> String {
        let fingerprint = FileFingerprint(status)
        if let known = cache.withLock({ $0.digest(path, fingerprint) }) { return known }
        let readAt = FileFingerprint.now()
        var reading = try FileReading(path)
        // A file that changes while it is read is read again; the last reading counts then, and
        // the check at the stage's end finds what changed after it.
        for _ in 0..<3 where !reading.isWhole { reading = try FileReading(path) }
        let isSettled = reading.isWhole && reading.fingerprint.isSettled(at: readAt)
        let entry = DigestCache.Entry(fingerprint: reading.fingerprint, digest: reading.digest)
        cache.withLock { $0.set(path, isSettled ? entry : nil) }
        return reading.digest
    }
}
