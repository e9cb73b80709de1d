package import Diagnostics
import Glibc
import JSON
import Synchronization

/// The results of one asset in a folder: `<root>/<assetId>/`.
///
/// Nothing is created before the first write, so that a plan leaves no trace.
package final class FolderResultStore: ResultStore {
    /// The asset whose results these are.
    package let assetId: String
    /// The folder of this asset.
    package let location: String
    let time: any TimeSource
    private let heldLock = Mutex<FolderLock?>(nil)
    private let journal = Mutex<AppendOnlyFile?>(nil)
    private let boundRealm = Mutex<Realm?>(nil)

    private static let journalName = "journal.ndjson"
    private static let sizeLimitBytes = 64 << 20

    /// Names the folder; touches nothing.
    ///
    /// - Parameters:
    ///   - root: the folder of all assets' results.
    ///   - assetId: the asset; a folder of that name lies in `root`.
    ///   - subfolder: for results beside the asset's own, with a lock and a journal of theirs.
    ///   - time: what the waiting for a lock goes by.
    package init(
        root: String, assetId: String, subfolder: String? = nil,
        time: any TimeSource = SystemTimeSource()
    ) {
        self.assetId = assetId
        self.time = time
        let folder = root == "/" ? "/\(assetId)" : "\(root)/\(assetId)"
        location = subfolder.map { "\(folder)/\($0)" } ?? folder
    }

    /// Whose everything is that is written from now on.
    package var realm: Realm? { boundRealm.withLock { $0 } }

    /// Says whose everything is that is written from now on.
    package func bind(_ realm: Realm?) { boundRealm.withLock { $0 = realm } }

    /// The folders of assets that hold a file of a name; no folder at all holds none.
    ///
    /// - Throws: `file.unreadable`.
    package static func assets(in root: String, holding file: String) throws -> [String] {
        do {
            return try FolderListing.texts(in: root).filter {
                access("\(root)/\($0)/\(file)", F_OK) == 0
            }
        } catch let problem as Diagnostic where problem.code == "file.not-found" {
            return []
        }
    }

    /// Reads every result file; `release.json` and stages' documents (`ami.cdx.json`) are none.
    package func loadAll() async throws -> [StageName: StoredResult] {
        let names: [String]
        do {
            names = try FolderListing.texts(in: location)
        } catch let problem as Diagnostic {
            if problem.code == "file.not-found" { return [:] }
            throw Diagnostic(
                code: "results.unreadable-folder", severity: .configuration,
                summary: "cannot read the results in `\(location)`", location: location,
                causes: [problem.summary] + problem.causes,
                hint: "check that it is a folder that you may read, or name another with "
                    + "`--results`")
        }
        let stages = names.compactMap(StoredResult.stage(ofFile:))
        return try await loadInParts(stages)
    }

    /// Whether results lie here and none says whose it is, as older programs wrote them.
    package var holdsUnboundAlone: Bool {
        // What cannot be read, or only by a newer program, is no older program's.
        guard let names = try? FolderListing.texts(in: location),
            let records = try? names.compactMap(StoredResult.stage(ofFile:))
                .compactMap({ try read($0)?.record })
        else { return false }
        return !records.isEmpty && records.allSatisfy { $0.realm == nil }
    }

    /// Reads one result file.
    package func load(_ stage: StageName) async throws -> StoredResult? { try read(stage) }

    /// Writes one result file.
    package func save(_ record: ResultRecord) async throws {
        try await writeFile(
            StoredResult.file(of: record.stage),
            Array(bound(record).json.prettyText.utf8))
        if record.error?.log == nil { unlink(path(StageLog.file(of: record.stage))) }
    }

    /// Writes a log for its owner alone.
    package func saveLog(of stage: StageName, _ bytes: [UInt8]) async throws {
        try await writeFile(StageLog.file(of: stage), bytes, permissions: 0o600)
    }

    /// Reads a file of this folder.
    package func readFile(_ name: String) async throws -> [UInt8]? { try contents(name) }

    /// Writes a file of this folder.
    package func writeFile(_ name: String, _ bytes: [UInt8]) async throws {
        try await writeFile(name, bytes, permissions: 0o644)
    }

    private func writeFile(
        _ name: String, _ bytes: [UInt8], permissions: UInt32
    ) async throws {
        try StoreFileName.check(name, location)
        try await checkLock()
        try ensureFolder()
        do {
            try AtomicFile.write(bytes, to: path(name), permissions: permissions)
        } catch let problem as Diagnostic {
            throw Self.unwritable(problem, location)
        }
    }

    /// Goes by sizes, times and inodes of the files.
    package func fingerprint() async throws -> StoreFingerprint { try .init(folder: location) }

    /// Reads `journal.ndjson`.
    package func readJournal() async throws -> [UInt8] {
        try contents(Self.journalName, limitBytes: JournalReading.limitBytes) ?? []
    }

    /// Appends to `journal.ndjson` and waits until it is on the disk.
    package func appendToJournal(_ line: [UInt8]) async throws {
        try ensureFolder()
        do {
            try journal.withLock { open in
                let file = try open ?? AppendOnlyFile(path(Self.journalName))
                open = file
                try file.append(line)
            }
        } catch let problem as Diagnostic {
            throw Self.unwritable(problem, location)
        }
    }

    /// Replaces `journal.ndjson`.
    package func replaceJournal(_ bytes: [UInt8]) async throws {
        // The open file is the old one, which nobody will read again.
        journal.withLock { $0 = nil }
        try await writeFile(Self.journalName, bytes)
    }

    /// Takes the `flock` on `.lock`, asking twice a second while it waits.
    @discardableResult
    package func lock(_ info: LockInfo, waitSeconds: Double) async throws -> String? {
        try ensureFolder()
        let deadline = time.monotonicSeconds() + waitSeconds
        while true {
            switch try FolderLock.take(folder: location, info: info) {
            case .taken(let lock):
                heldLock.withLock { $0 = lock }
                return nil
            case .held(let holder):
                let left = deadline - time.monotonicSeconds()
                guard left > 0 else { throw LockProblem.busy(holder, location) }
                try await time.sleep(seconds: min(left, 0.5))
            }
        }
    }

    /// Gives the lock back.
    package func unlock() async { heldLock.withLock { $0 = nil } }

    /// Makes sure that the lock was not broken.
    package func checkLock() async throws {
        try heldLock.withLock { try $0?.check() }
    }

    /// Who holds the lock.
    package func lockHolder() async throws -> LockInfo? {
        try FolderLock.holder(folder: location)
    }

    /// Breaks the lock of one run.
    @discardableResult
    package func breakLock(runId: String) async throws -> String? {
        try await FolderLock.breakLock(of: runId, folder: location, time: time)
        return "its process holds the lock, so it lives"
    }

    private func path(_ name: String) -> String { "\(location)/\(name)" }

    private func contents(
        _ name: String, limitBytes: Int = FolderResultStore.sizeLimitBytes
    ) throws -> [UInt8]? {
        do {
            try StoreFileName.check(name, location)
            return try FileContents.read(
                path(name), limitBytes: limitBytes, followsLink: false)
        } catch let problem as Diagnostic {
            if problem.code == "file.not-found" { return nil }
            throw problem
        }
    }

    private func ensureFolder() throws {
        if mkdir(location, 0o777) == 0 || errno == EEXIST { return }
        var problem = errno
        if problem == ENOENT {
            do {
                try FolderTree.make(location)
                return
            } catch {
                problem = mkdir(location, 0o777) == 0 ? 0 : errno
                if problem == 0 || problem == EEXIST { return }
            }
        }
        throw Self.unwritable(
            Diagnostic(
                code: problem == ENOSPC ? "file.disk-full" : "file.unwritable",
                summary: "cannot create the folder", causes: [SystemErrorText.text(problem)]),
            location)
    }

    /// Reads many files on all cores: each is small, and most of the cost is parsing.
    private func loadInParts(
        _ stages: [StageName]
    ) async throws -> [StageName: StoredResult] {
        let partSize = max(64, stages.count / 8)
        return try await withThrowingTaskGroup(of: [(StageName, StoredResult)].self) { group in
            for start in stride(from: 0, to: stages.count, by: partSize) {
                let part = stages[start..<min(start + partSize, stages.count)]
                group.addTask {
                    try part.compactMap { stage in try self.read(stage).map { (stage, $0) } }
                }
            }
            var all: [StageName: StoredResult] = [:]
            all.reserveCapacity(stages.count)
            for try await part in group { for (stage, result) in part { all[stage] = result } }
            return all
        }
    }

    private func read(_ stage: StageName) throws -> StoredResult? {
        let bytes: [UInt8]?
        do {
            bytes = try contents(
                StoredResult.file(of: stage), limitBytes: JSONLimits.result.sizeBytes)
        } catch {
            return .unreadable(Diagnostic.from(error).summary)
        }
        return try bytes.map {
            try StoredResult($0, of: stage, assetId: assetId, location: location)
        }
    }

    static func unwritable(_ problem: Diagnostic, _ location: String) -> Diagnostic {
        let isFull = problem.code == "file.disk-full"
        return Diagnostic(
            code: isFull ? "results.disk-full" : "results.unwritable",
            summary: "cannot write the results in `\(location)`", location: location,
            causes: [problem.summary] + problem.causes,
            hint: isFull
                ? DiskSpace.hint
                : "check that you may write there, or name another folder with `--results`")
    }
}
