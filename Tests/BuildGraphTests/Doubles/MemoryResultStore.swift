import BuildGraph
import Diagnostics
import JSON
import Synchronization

/// Results in memory; every record goes through its JSON form, as it would through a file.
actor MemoryResultStore: ResultStore {
    nonisolated let assetId = "1.0"
    nonisolated let location = "memory"
    private nonisolated let bound = Mutex<Realm?>(nil)
    private var files: [StageName: JSONValue] = [:]
    private var unreadable: [StageName: String] = [:]
    private var journal: [UInt8] = []
    private var holder: LockInfo?
    private var isLost = false
    private(set) var saves: [StageName] = []
    private var saveFailure: Diagnostic?

    func loadAll() throws -> [StageName: StoredResult] {
        var all: [StageName: StoredResult] = [:]
        for name in files.keys { all[name] = try load(name) }
        for (name, cause) in unreadable { all[name] = .unreadable(cause) }
        return all
    }

    func load(_ stage: StageName) throws -> StoredResult? {
        try files[stage].map { .record(try ResultRecord(json: $0)) }
    }

    nonisolated var realm: Realm? { bound.withLock { $0 } }
    nonisolated func bind(_ realm: Realm?) { bound.withLock { $0 = realm } }

    func save(_ record: ResultRecord) throws {
        var record = record
        record.realm = realm ?? record.realm
        try checkLock()
        if let saveFailure { throw saveFailure }
        files[record.stage] = try JSONValue.parse(
            Array(record.json.prettyText.utf8), source: "memory")
        unreadable[record.stage] = nil
        saves.append(record.stage)
    }

    func saveLog(of stage: StageName, _ bytes: [UInt8]) {}
    func readFile(_ name: String) -> [UInt8]? { nil }
    func writeFile(_ name: String, _ bytes: [UInt8]) {}
    func fingerprint() throws -> StoreFingerprint {
        throw Diagnostic(code: "test.unexpected", summary: "nobody said that it is asked for")
    }
    func readJournal() -> [UInt8] { journal }
    func appendToJournal(_ line: [UInt8]) { journal += line + [10] }
    func replaceJournal(_ bytes: [UInt8]) { journal = bytes }
    func lock(_ info: LockInfo, waitSeconds: Double) -> String? {
        holder = info
        return nil
    }
    func unlock() { holder = nil }

    func checkLock() throws {
        if isLost { throw Diagnostic(code: "results.lock-lost", summary: "lost") }
    }

    func lockHolder() -> LockInfo? { holder }
    @discardableResult
    func breakLock(runId: String) -> String? {
        isLost = true
        return nil
    }

    func forget(_ stage: StageName) { files[stage] = nil }
    func spoil(_ stage: StageName) { unreadable[stage] = "spoiled" }
    func failSaving(_ problem: Diagnostic?) { saveFailure = problem }
    func clearSaves() { saves = [] }
}
