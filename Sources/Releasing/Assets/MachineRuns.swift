import BuildGraph
import Diagnostics

/// What the runs of the developer's machines left beside a release's results.
struct MachineRuns {
    /// Empty while one of them goes on: its entries are its own.
    private(set) var journals: [Journal] = []
    private(set) var entries: [JournalEntry] = []
    /// Runs that are over.
    private(set) var endedRuns: Set<String> = []
    /// The run that goes on; nil where none does.
    private(set) var runningRun: String?

    /// Reads the store.
    ///
    /// - Parameter lock: this run's own lock, which it may hold.
    init(_ store: any ResultStore, _ lock: LockInfo, time: any TimeSource) async throws {
        guard try await store.isThere() else { return }
        let holder = try await store.lockHolder()
        let journal = try await Journal(store: store, runId: lock.runId, time: time)
        let records = try await store.loadAll().values.compactMap(\.record)
        let left = await journal.unfinished()
        endedRuns = Set(records.flatMap(\.everyRunId) + left.map(\.runId))
        if let holder, holder.runId != lock.runId {
            runningRun = holder.runId
            endedRuns.remove(holder.runId)
            return
        }
        journals = [journal]
        entries = left
    }

    /// Takes out entries of which nothing can be left.
    mutating func leaveOut(where isGone: (JournalEntry) -> Bool) {
        entries.removeAll(where: isGone)
    }
}

extension ResultStore {
    /// Whether anything was ever recorded here; asking a lock for that would make the folder.
    func isThere() async throws -> Bool {
        if try await !readJournal().isEmpty { return true }
        return try await !loadAll().isEmpty
    }
}
