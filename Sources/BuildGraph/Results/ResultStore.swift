/// Where the results, the journal and the lock of one asset are kept: a folder, or S3.
///
/// Reading needs no lock. While a lock is held, `save`, `writeFile` and `checkLock` throw
/// `results.lock-lost` once somebody has broken it.
package protocol ResultStore: Sendable {
    var assetId: String { get }
    /// Where this is, as a person would name it: a folder or an `s3://` address.
    var location: String { get }
    /// Whose everything is that is written from now on; nil for nobody's.
    var realm: Realm? { get }
    /// Says whose everything is that is written from now on.
    func bind(_ realm: Realm?)

    /// Everything that is recorded, by stage.
    ///
    /// - Throws: `results.unreadable-folder` where the place itself cannot be read; no place at
    ///   all is no error and holds nothing.
    func loadAll() async throws -> [StageName: StoredResult]
    /// What is recorded of one stage; nil where there is nothing.
    func load(_ stage: StageName) async throws -> StoredResult?
    /// Writes a result so that it is seen whole or not at all, even after a crash; the stage's log
    /// goes where the result does not tell of one.
    func save(_ record: ResultRecord) async throws
    /// Writes the log of a stage that failed, for whoever may read the results' place only.
    func saveLog(of stage: StageName, _ bytes: [UInt8]) async throws
    /// Reads a file beside the results, such as `release.json`; nil where there is none.
    func readFile(_ name: String) async throws -> [UInt8]?
    /// Writes a file beside the results, whole or not at all.
    func writeFile(_ name: String, _ bytes: [UInt8]) async throws

    /// What tells the present state of all this from every other, without reading it.
    func fingerprint() async throws -> StoreFingerprint

    /// The journal's bytes, NDJSON; empty where there is none.
    func readJournal() async throws -> [UInt8]
    /// Appends a line (without its end) to the journal; it is on the disk when this returns.
    func appendToJournal(_ line: [UInt8]) async throws
    /// Replaces the journal.
    func replaceJournal(_ bytes: [UInt8]) async throws

    /// Takes the lock.
    ///
    /// - Parameters:
    ///   - info: who asks; others see it.
    ///   - waitSeconds: how long to wait for another run; 0 not at all.
    /// - Returns: what is to be said of a dead run whose lock it was; nil most of the time.
    /// - Throws: `results.locked` (severity `.locked`), `CancellationError`.
    @discardableResult
    func lock(_ info: LockInfo, waitSeconds: Double) async throws -> String?
    /// Gives the lock back; nothing happens where it is not held.
    func unlock() async
    /// Makes sure that the lock, where this store took it, is still held.
    ///
    /// - Throws: `results.lock-lost`.
    func checkLock() async throws
    /// Who holds the lock; nil where nobody does.
    func lockHolder() async throws -> LockInfo?
    /// Breaks the lock of one run and no other.
    ///
    /// - Returns: when that run was last heard of, in words; nil where that is unknown.
    /// - Throws: `results.not-locked`, `results.locked-by-other`.
    @discardableResult
    func breakLock(runId: String) async throws -> String?
}

extension ResultStore {
    /// Nobody's: a store that keeps nothing for long needs none.
    package var realm: Realm? { nil }
    /// Nothing is kept of it.
    package func bind(_ realm: Realm?) {}

    /// A record as it is written: of the realm that the store is bound to, else as it was.
    func bound(_ record: ResultRecord) -> ResultRecord {
        guard let realm else { return record }
        var record = record
        record.realm = realm
        return record
    }
}
