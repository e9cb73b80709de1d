package import Diagnostics
import FoundationEssentials
import JSON
import OrderedCollections

/// What this run and interrupted ones before it set out to create and nobody ended yet.
///
/// Lines of `journal.ndjson`: `intent` before a creating call, `created` with the id after it,
/// `gone` after a confirmed deletion, `kept` once the thing is a recorded output; `held` where a
/// run leaves it standing on purpose, `released` where that is over. A line is on the disk before
/// the call that it speaks of is made.
///
/// | last line | what may exist | what the next run does |
/// |---|---|---|
/// | `intent` | the thing, where its call arrived | looks for it; takes it up or removes it |
/// | `created` | the thing, by its id | takes it up or removes it |
/// | `held` | the thing | goes on with it, or leaves it alone until its time is over |
/// | `released` | the thing | as after `created` |
/// | `gone` | nothing | nothing |
/// | `kept` | what a result records | nothing; `retire` and `clean` remove it |
package actor Journal {
    /// What reading the journal found besides its entries, for a person to see.
    package nonisolated let warnings: [String]

    private let store: any ResultStore
    private let runId: String
    private let time: any TimeSource
    private let events: EventSink?
    private var entries: OrderedDictionary<JournalEntryID, JournalEntry>
    private let foreign: [[UInt8]]
    private var pendingKept: [StageName: [JournalEntryID]] = [:]
    private var count = 0

    /// Reads the journal; writes nothing.
    ///
    /// A last line that a crash tore is passed over and named in `warnings`: its call was never
    /// made, because the line was not on the disk yet.
    ///
    /// - Parameters:
    ///   - store: where it is kept.
    ///   - runId: the run that appends.
    ///   - time: what the entries' times go by.
    ///   - events: told of what is created and deleted.
    /// - Throws: `results.journal-too-big`, what reading the store throws.
    package init(
        store: any ResultStore, runId: String, time: any TimeSource, events: EventSink? = nil
    ) async throws {
        self.store = store
        self.runId = runId
        self.time = time
        self.events = events
        let bytes = try await store.readJournal()
        let reading = try JournalReading(bytes, location: store.location, assetId: store.assetId)
        entries = reading.entries
        foreign = reading.foreign
        warnings = reading.warnings
    }

    /// What is begun and not ended, the oldest first.
    package func unfinished() -> [JournalEntry] { Array(entries.values) }

    /// Makes the file as short as its unfinished entries; called once at the start of a run,
    /// under the lock.
    package func compact() async throws {
        let bytes = try await store.readJournal()
        guard !bytes.isEmpty, entries.isEmpty || bytes.count > 64 * 1024 || !warnings.isEmpty
        else { return }
        // Nothing of it would go.
        if entries.isEmpty, warnings.count == foreign.count,
            bytes.count == foreign.reduce(0, { $0 + $1.count + 1 })
        {
            return
        }
        var text = ""
        for entry in entries.values {
            text += try JournalLine.intent(entry).json().compactText + "\n"
            if let id = entry.id {
                text += try JournalLine.created(entry.entry, id: id).json().compactText + "\n"
            }
            if let hold = entry.hold {
                text += try JournalLine.held(entry.entry, hold).json().compactText + "\n"
            }
        }
        // What this program does not understand is not its own to throw away.
        let kept = foreign.flatMap { $0 + [UInt8(ascii: "\n")] }
        try await store.replaceJournal(Array(text.utf8) + kept)
    }

    /// Writes down that something is about to be created.
    ///
    /// - Throws: `results.lock-lost` before anything is created by a run whose lock was broken;
    ///   `results.unwritable`, `results.disk-full`.
    package func intend(
        stage: StageName, resource: String, region: String, name: String?, token: String?,
        details: [String: String]
    ) async throws -> JournalEntryID {
        try await store.checkLock()
        count += 1
        let entry = JournalEntry(
            entry: JournalEntryID(rawValue: "\(runId)/\(count)"), stage: stage,
            resource: resource, region: region, name: name, token: token, details: details,
            assetId: store.assetId, runId: runId, time: time.now(), id: nil,
            realm: store.realm)
        try await append(.intent(entry))
        entries[entry.entry] = entry
        return entry.entry
    }

    /// Writes down the id that the creating call answered.
    ///
    /// - Throws: `graph.unknown-journal-entry`; `results.unwritable`, `results.disk-full`.
    package func created(_ entry: JournalEntryID, id: String) async throws {
        _ = try known(entry)
        try await append(.created(entry, id: id))
        entries[entry]?.id = id
        if let created = entries[entry] {
            events?.emit(.resourceCreated(RunEvent.Resource(created)), stage: created.stage)
        }
    }

    /// Writes down that it is gone for certain, or never came to be.
    ///
    /// - Throws: as `created`.
    package func gone(_ entry: JournalEntryID) async throws {
        let ended = try known(entry)
        try await append(.gone(entry))
        entries[entry] = nil
        // What never had an id was never announced as created either.
        guard ended.id != nil else { return }
        events?.emit(.resourceDeleted(RunEvent.Resource(ended)), stage: ended.stage)
    }

    /// Ends what this run does not delete, because it is gone with its local cloud or is not ours:
    /// nobody is told of a deletion.
    ///
    /// - Throws: as `created`.
    package func forget(_ entry: JournalEntryID) async throws {
        _ = try known(entry)
        try await append(.gone(entry))
        entries[entry] = nil
    }

    /// Writes down that it is left standing on purpose.
    ///
    /// - Throws: as `created`.
    package func hold(_ entry: JournalEntryID, _ hold: JournalHold) async throws {
        _ = try known(entry)
        try await append(.held(entry, hold))
        entries[entry]?.hold = hold
    }

    /// Writes down that it is a thing like any other again.
    ///
    /// - Throws: as `created`.
    package func release(_ entry: JournalEntryID) async throws {
        _ = try known(entry)
        try await append(.released(entry))
        entries[entry]?.hold = nil
    }

    /// Notes that it is an output of its stage; written down by `commitKept`.
    ///
    /// Not at once: a crash between this line and the stage's result would leave a thing that
    /// neither the journal nor a result knows of.
    ///
    /// - Throws: `graph.unknown-journal-entry`.
    package func kept(_ entry: JournalEntryID) async throws {
        let kept = try known(entry)
        entries[entry] = nil
        pendingKept[kept.stage, default: []].append(entry)
    }

    /// Writes down what a stage keeps, its result being recorded now.
    ///
    /// - Throws: `results.unwritable`, `results.disk-full`.
    package func commitKept(of stage: StageName) async throws {
        for entry in pendingKept.removeValue(forKey: stage) ?? [] { try await append(.kept(entry)) }
    }

    /// Ends the entries whose things are recorded outputs, of whatever stage, which a crash right
    /// after the recording left open: they are nothing to be taken up or removed.
    ///
    /// - Throws: `results.unwritable`, `results.disk-full`.
    package func endRecorded(by results: [StageName: StoredResult]) async throws {
        let records = results.values.compactMap(\.record)
        for entry in entries.values where records.contains(where: entry.isRecorded) {
            entries[entry.entry] = nil
            try await append(.kept(entry.entry))
        }
    }

    private func known(_ id: JournalEntryID) throws -> JournalEntry {
        if let entry = entries[id] { return entry }
        throw Diagnostic(
            code: "graph.unknown-journal-entry",
            summary: "the journal has no unfinished entry `\(id.rawValue)`",
            location: store.location, hint: "end every entry once")
    }

    private func append(_ line: JournalLine) async throws {
        try await store.appendToJournal(Array(try line.json().compactText.utf8))
    }
}
