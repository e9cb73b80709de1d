import BuildGraph

extension StageJournal {
    /// As `intend(_:region:name:token:details:)`, of what is in no region of AWS.
    func intend(
        _ kind: LeftoverKind, at place: LeftoverKind.Place, name: String,
        details: [String: String] = [:]
    ) async throws -> JournalEntryID {
        try await intend(kind, region: place.rawValue, name: name, details: details)
    }
}
