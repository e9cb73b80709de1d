/// One stage's door to the journal: an intent before every creating call, the id after it, the
/// end after a *confirmed* deletion or once the thing is a recorded output.
package struct StageJournal: JournalEnding {
    private let stage: StageName
    private let journal: Journal
    /// The stage's key in this run; nil where it has none.
    private let key: String?

    private static let keyDetail = "key"

    /// Made by the scheduler and by tests.
    package init(stage: StageName, journal: Journal, key: String? = nil) {
        self.stage = stage
        self.journal = journal
        self.key = key
    }

    /// Writes down, fsynced, that something is about to be created.
    ///
    /// - Parameters:
    ///   - kind: what kind of thing.
    ///   - region: where.
    ///   - name: its name, where the name finds it again.
    ///   - token: its client token, where the API has one.
    ///   - details: anything else that finds or removes it (never a secret).
    /// - Returns: the entry's id.
    package func intend(
        _ kind: some JournalKind, region: String, name: String? = nil, token: String? = nil,
        details: [String: String] = [:]
    ) async throws -> JournalEntryID {
        var details = details
        details[Self.keyDetail] = key
        return try await journal.intend(
            stage: stage, resource: kind.rawValue, region: region, name: name, token: token,
            details: details)
    }

    /// Writes down the id that the creating call answered.
    package func created(_ entry: JournalEntryID, id: String) async throws {
        try await journal.created(entry, id: id)
    }

    /// Writes down that it is gone for certain (or never came to be).
    package func gone(_ entry: JournalEntryID) async throws { try await journal.gone(entry) }

    /// Ends an entry whose thing is not this stage's after all; nobody is told that it is gone.
    package func forget(_ entry: JournalEntryID) async throws { try await journal.forget(entry) }

    /// Writes down that it is now a recorded output and no longer the journal's concern.
    package func kept(_ entry: JournalEntryID) async throws { try await journal.kept(entry) }

    /// Writes down that it is left standing on purpose.
    package func hold(_ entry: JournalEntryID, _ hold: JournalHold) async throws {
        try await journal.hold(entry, hold)
    }

    /// Writes down that it is a thing like any other again.
    package func release(_ entry: JournalEntryID) async throws { try await journal.release(entry) }

    /// What an interrupted run of this stage began of the very inputs that it has now.
    package func resumable(of kind: some JournalKind) async -> [JournalEntry] {
        await unfinished(of: kind).filter { Self.isOf(key, $0) }
    }

    /// Whether an entry is of the very inputs that have this key; of no key none is.
    static func isOf(_ key: String?, _ entry: JournalEntry) -> Bool {
        key != nil && entry.details[keyDetail] == key
    }

    /// What this stage (of this or an earlier, interrupted run) began and nobody ended.
    package func unfinished() async -> [JournalEntry] {
        await journal.unfinished().filter { $0.stage == stage }
    }

    /// As `unfinished()`, of one kind.
    package func unfinished(of kind: some JournalKind) async -> [JournalEntry] {
        await unfinished().filter { $0.resource == kind.rawValue }
    }
}
