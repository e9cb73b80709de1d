package import Diagnostics
import JSON
import Synchronization

/// The results of one asset in a place of objects, such as S3, which machines share.
///
/// What is written rests on what was read under the lock: each write says which version it
/// replaces, so that a run that lost its lock without knowing overwrites nothing newer.
package final class ObjectResultStore: ResultStore {
    /// The asset whose results these are.
    package let assetId: String
    /// The address of this asset's results.
    package var location: String { objects.location }

    private let objects: any ResultObjects
    private let time: any TimeSource
    private let holding: ObjectLock
    private let known = Mutex(Known())
    private let boundRealm = Mutex<Realm?>(nil)
    /// Lines are appended one after the other.
    private let journalTurn = SlotPool(slots: 1)

    private static let readWidth = 16
    private static let journalSeconds = 120.0
    private static let writeAttempts = 3
    private static let settlingSeconds = 1.0
    private static let lockPauses = (first: 0.2, longest: 2.0)

    /// What this process knows of the objects.
    private struct Known {
        /// By name; nil where there was no such object.
        var versions: [String: String?] = [:]
        var isListed = false
        /// What was sent and not answered.
        var unanswered: [String: [UInt8]] = [:]
        var journal: [UInt8]?
    }

    /// Names the place; touches nothing.
    package init(
        _ objects: any ResultObjects, assetId: String, time: any TimeSource = SystemTimeSource()
    ) {
        self.objects = objects
        self.assetId = assetId
        self.time = time
        holding = ObjectLock(objects, time: time)
    }

    /// Whose everything is that is written from now on.
    package var realm: Realm? { boundRealm.withLock { $0 } }

    /// Says whose everything is that is written from now on.
    package func bind(_ realm: Realm?) { boundRealm.withLock { $0 = realm } }

    /// Reads every result, many at once.
    package func loadAll() async throws -> [StageName: StoredResult] {
        let stages = try await listed().keys.compactMap(StoredResult.stage(ofFile:))
        let found = try await ConcurrentMap.map(stages, width: Self.readWidth) { stage in
            (stage, try await self.load(stage))
        }
        return found.reduce(into: [:]) { all, one in if let result = one.1 { all[one.0] = result } }
    }

    /// Reads one result.
    package func load(_ stage: StageName) async throws -> StoredResult? {
        try await readFile(StoredResult.file(of: stage)).map { bytes in
            try StoredResult(bytes, of: stage, assetId: assetId, location: location)
        }
    }

    /// Writes one result.
    package func save(_ record: ResultRecord) async throws {
        try await writeFile(
            StoredResult.file(of: record.stage),
            Array(bound(record).json.prettyText.utf8))
        // The result is written: a log too many takes nothing back of that.
        if record.error?.log == nil { try? await removeLog(of: record.stage) }
    }

    /// Writes a log beside the results: whoever may read these may read it.
    package func saveLog(of stage: StageName, _ bytes: [UInt8]) async throws {
        try await writeFile(StageLog.file(of: stage), bytes)
    }

    /// Asks for nothing where this run has seen no log.
    private func removeLog(of stage: StageName) async throws {
        let name = StageLog.file(of: stage)
        guard let version = known.withLock({ $0.versions[name] ?? nil }) else { return }
        if try await reaching(isWrite: true, { try await objects.delete(name, version: version) }) {
            known.withLock { $0.versions[name] = .some(nil) }
        }
    }

    /// Reads an object.
    package func readFile(_ name: String) async throws -> [UInt8]? {
        try StoreFileName.check(name, location)
        let found = try await reaching { try await objects.read(name) }
        remember(name, found?.version)
        return found?.bytes
    }

    /// Writes an object over what this run knows of it.
    ///
    /// - Throws: `results.lock-lost` where it has become another meanwhile.
    package func writeFile(_ name: String, _ bytes: [UInt8]) async throws {
        try StoreFileName.check(name, location)
        try await checkLock()
        if known.withLock({ $0.versions[name] == nil && !$0.isListed }) { _ = try await listed() }
        try await write(name, bytes)
    }

    /// Goes by the versions of the objects.
    package func fingerprint() async throws -> StoreFingerprint {
        let found = try await reaching { try await objects.list() }
        return StoreFingerprint(versions: found.filter { StoreFingerprint.counts($0.key) })
    }

    /// Reads the journal.
    package func readJournal() async throws -> [UInt8] {
        let bytes = try await readFile(Self.journalName) ?? []
        known.withLock { $0.journal = bytes }
        return bytes
    }

    /// Writes the journal with one line more.
    ///
    /// The cancellation of a run does not keep a line from being written: what was created has to
    /// be known.
    package func appendToJournal(_ line: [UInt8]) async throws {
        try await inJournalTurn { journal in journal + line + [UInt8(ascii: "\n")] }
    }

    /// Replaces the journal.
    package func replaceJournal(_ bytes: [UInt8]) async throws {
        try await checkLock()
        try await inJournalTurn { _ in bytes }
    }

    /// Takes the lock; while it waits it asks ever more rarely, at last every two seconds.
    @discardableResult
    package func lock(_ info: LockInfo, waitSeconds: Double) async throws -> String? {
        let deadline = time.monotonicSeconds() + waitSeconds
        var pauseSeconds = Self.lockPauses.first
        while true {
            switch try await reaching({ try await holding.take(info) }) {
            case .taken(let dead):
                // What it sent before it died may still be on its way.
                if dead != nil { try await settle() }
                // What was read before is not what this run may rest on.
                known.withLock { $0 = Known() }
                return dead.map { dead in
                    "took over the lock of run `\(dead.holder.runId)` of `\(dead.holder.owner)` on "
                        + "host `\(dead.holder.host)`: \(dead.cause)"
                }
            case .held(let lease):
                let left = deadline - time.monotonicSeconds()
                guard left > 0 else {
                    throw LockProblem.busy(lease?.holder, location, sign: lease?.sign)
                }
                try await time.sleep(seconds: min(left, pauseSeconds))
                pauseSeconds = min(pauseSeconds * 1.3, Self.lockPauses.longest)
            }
        }
    }

    /// Gives the lock back.
    package func unlock() async { await holding.release() }

    /// Makes sure that the lock was neither broken nor taken over.
    package func checkLock() async throws { try await reaching { try await holding.check() } }

    /// Who holds the lock.
    package func lockHolder() async throws -> LockInfo? {
        try await reaching { try await holding.lease()?.holder }
    }

    /// Breaks the lock of one run.
    @discardableResult
    package func breakLock(runId: String) async throws -> String? {
        try await reaching { try await holding.breakLock(of: runId) }
    }

    private static let journalName = "journal.ndjson"

    private func listed() async throws -> [String: String] {
        let found = try await reaching { try await objects.list() }
        known.withLock { known in
            // What this run wrote meanwhile is newer than the list.
            known.versions.merge(found.mapValues { $0 }) { mine, _ in mine }
            known.isListed = true
        }
        return found
    }

    /// Waits until what a dead run sent has arrived; gives the lock back where that is interrupted.
    private func settle() async throws {
        do {
            try await time.sleep(seconds: Self.settlingSeconds)
        } catch {
            await holding.release()
            throw error
        }
    }

    private func remember(_ name: String, _ version: String?) {
        known.withLock { known in
            if known.versions[name] == nil { known.versions[name] = .some(version) }
        }
    }

    private func inJournalTurn(
        _ next: @escaping @Sendable ([UInt8]) -> [UInt8]
    ) async throws {
        try await Shield.run(seconds: Self.journalSeconds, "writing the journal") {
            try await self.journalTurn.withSlot {
                var present = self.known.withLock { $0.journal }
                if present == nil { present = try await self.readJournal() }
                let bytes = next(present ?? [])
                try await self.write(Self.journalName, bytes)
                self.known.withLock { $0.journal = bytes }
            }
        }
    }

    private func write(_ name: String, _ bytes: [UInt8]) async throws {
        var version = known.withLock { $0.versions[name] ?? nil }
        for _ in 0..<Self.writeAttempts {
            let before = known.withLock { known in
                defer { known.unanswered[name] = bytes }
                return known.unanswered[name]
            }
            let over = version
            let found: ResultObject?
            switch try await reaching(
                isWrite: true, { try await objects.put(name, bytes, over: over) })
            {
            case .written(let written): return wrote(name, written)
            case .refused(let there): found = there
            }
            // An earlier write of this run arrived though its answer did not, or a person has
            // removed the object: both leave nothing newer to be lost.
            guard found == nil || found?.bytes == before else { break }
            version = found?.version
        }
        throw LockProblem.lost(
            location, causes: ["`\(name)` was written by another run meanwhile"])
    }

    private func wrote(_ name: String, _ version: String) {
        known.withLock { known in
            known.versions[name] = .some(version)
            known.unanswered[name] = nil
        }
    }

    /// Says of an error that it is the results that cannot be reached.
    private func reaching<T: Sendable>(
        isWrite: Bool = false, _ work: () async throws -> T
    ) async throws -> T {
        do {
            return try await work()
        } catch let problem as Diagnostic {
            if problem.code.hasPrefix("results.") || problem.severity == .interrupted {
                throw problem
            }
            throw Diagnostic(
                code: isWrite ? "results.unwritable" : "results.unreadable-folder",
                severity: problem.severity,
                summary: "cannot \(isWrite ? "write" : "read") the results in `\(location)`",
                location: location, causes: [problem.summary] + problem.causes,
                hint: problem.hint ?? "check that you may work there, or name another place with "
                    + "`--results`")
        }
    }
}
