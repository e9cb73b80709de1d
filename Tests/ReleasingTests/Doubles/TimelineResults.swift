import BuildGraph
import Diagnostics
import JSON

/// Results in memory; every line of the journal is put on the timeline when it is written.
actor TimelineResults: ResultStore {
    nonisolated let assetId = "1.0"
    nonisolated let location = "memory"
    private let timeline: Timeline
    private var records: [StageName: ResultRecord] = [:]
    private var files: [String: [UInt8]] = [:]
    private var journal: [UInt8] = []
    /// For how long each taker of the lock would have waited.
    private(set) var waits: [Double] = []
    private var resources: [String: String] = [:]

    init(_ timeline: Timeline) { self.timeline = timeline }

    func loadAll() -> [StageName: StoredResult] { records.mapValues { .record($0) } }
    func load(_ stage: StageName) -> StoredResult? { records[stage].map { .record($0) } }
    func save(_ record: ResultRecord) { records[record.stage] = record }
    func saveLog(of stage: StageName, _ bytes: [UInt8]) {}
    func readFile(_ name: String) -> [UInt8]? { files[name] }
    func writeFile(_ name: String, _ bytes: [UInt8]) { files[name] = bytes }
    func fingerprint() throws -> StoreFingerprint {
        throw Diagnostic(code: "test.unexpected", summary: "nobody said that it is asked for")
    }
    func readJournal() -> [UInt8] { journal }

    func appendToJournal(_ line: [UInt8]) throws {
        journal += line + [10]
        let json = try JSONValue.parse(line, source: "journal")
        let entry = json["entry"]?.stringValue ?? ""
        if let resource = json["resource"]?.stringValue { resources[entry] = resource }
        timeline.add("\(json["line"]?.stringValue ?? "") \(resources[entry] ?? entry)")
    }

    func replaceJournal(_ bytes: [UInt8]) { journal = bytes }
    func lock(_ info: LockInfo, waitSeconds: Double) -> String? {
        waits.append(waitSeconds)
        return nil
    }
    func unlock() {}
    func checkLock() {}
    func lockHolder() -> LockInfo? { nil }
    func breakLock(runId: String) -> String? { nil }
}
