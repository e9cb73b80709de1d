import BuildGraph

/// What came of removing a leftover.
enum LeftoverOutcome: Sendable, Equatable {
    /// It is gone, now or before, or never came to be.
    case gone
    /// It stays, because it is not what its run made.
    case notOurs(because: String)

    /// Ends the journal's entry of the leftover.
    ///
    /// - Parameters:
    ///   - journal: where the entry is.
    ///   - warn: told of what stays.
    /// - Throws: as `Journal.created`.
    func end(
        _ entry: JournalEntry, in journal: some JournalEnding, warn: (String) -> Void
    ) async throws {
        switch self {
        case .gone: try await journal.gone(entry.entry)
        case .notOurs(let reason):
            warn(
                "\(entry.resource) `\(entry.label)` of the journal is not ours: left (\(reason))")
            try await journal.forget(entry.entry)
        }
    }
}
