import BuildGraph
import Diagnostics
import FoundationEssentials

/// A thing that a run set out to make and that nobody keeps: what finds it, and whose it is.
struct Leftover: Sendable {
    let kind: LeftoverKind
    /// A region of AWS, or a `LeftoverKind.Place`.
    let region: String
    /// The name that its run chose.
    let name: String?
    /// Nil where its run never learnt it.
    let id: String?
    /// The client token of the creating call.
    let token: String?
    /// Anything else that finds it.
    let details: [String: String]
    let assetId: String
    let runId: String
    /// When its run set out to make it, so that it is no older.
    let bornAt: Date

    /// What an entry of the journal stands for.
    ///
    /// - Throws: `leftover.unknown-resource`.
    init(_ entry: JournalEntry) throws {
        guard let kind = entry.kind else {
            throw Diagnostic(
                code: "leftover.unknown-resource",
                summary: "the journal names `\(entry.label)` of unknown kind `\(entry.resource)`",
                hint: "it was written by another version of dssbatch: run `clean` with that one")
        }
        self.kind = kind
        region = entry.region
        name = entry.name
        id = entry.id
        token = entry.token
        details = entry.details
        assetId = entry.assetId
        runId = entry.runId
        bornAt = entry.time
    }
}

extension StageJournal {
    /// As `intend(_:region:name:token:details:)`, of what is in no region of AWS.
    func intend(
        _ kind: LeftoverKind, at place: LeftoverKind.Place, name: String,
        details: [String: String] = [:]
    ) async throws -> JournalEntryID {
        try await intend(kind, region: place.rawValue, name: name, details: details)
    }
}
