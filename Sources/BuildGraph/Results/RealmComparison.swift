import Diagnostics

/// The verdicts on what a store holds.
package struct RealmComparison: Sendable {
    private let verdicts: [Realm: RealmVerdict]

    /// Compares every realm that occurs, each once.
    ///
    /// - Parameters:
    ///   - realms: as recorded.
    ///   - location: whose they are, for the error.
    /// - Throws: `realm.differs`, severity `.configuration`; what `source` throws.
    package init(
        _ realms: Set<Realm>, with source: any RealmSource, location: String
    ) async throws {
        var verdicts: [Realm: RealmVerdict] = [:]
        for realm in realms.sorted(by: { $0.text < $1.text }) {
            let verdict = try await source.verdict(on: realm)
            if case .differs(let recorded, let present) = verdict {
                throw Self.differs("the results in `\(location)` belong to", recorded, present)
            }
            verdicts[realm] = verdict
        }
        self.verdicts = verdicts
    }

    /// Compares after the account was asked for, as whoever removes something has to.
    ///
    /// - Parameter source: nil to compare nothing.
    /// - Throws: `realm.*`.
    package static func asking(
        _ source: (any RealmSource)?, records: [ResultRecord], entries: [JournalEntry],
        location: String
    ) async throws -> RealmComparison {
        guard let source else { return RealmComparison() }
        try await source.ask()
        return try await RealmComparison(
            Set(records.compactMap(\.realm) + entries.compactMap(\.realm)), with: source,
            location: location)
    }

    private init() { verdicts = [:] }

    /// Whether what is of that realm is gone with its local cloud.
    package func isGone(_ realm: Realm?) -> Bool {
        realm.map { verdicts[$0] == .gone } ?? false
    }

    /// Whether nothing was left open.
    package var isComplete: Bool { !verdicts.values.contains(.notCompared) }

    /// The error of two realms that are not the same.
    static func differs(_ what: String, _ recorded: String, _ present: String) -> Diagnostic {
        Diagnostic(
            code: "realm.differs", severity: .configuration,
            summary: "\(what) \(recorded), and this command is for \(present)",
            causes: ["nothing was started, and nothing of them was changed"],
            hint: "use the profile, the endpoint or `--local` that they were made with, or name "
                + "another place with `--results`")
    }
}

extension RecordedWorld {
    /// Takes out what is gone with its local cloud, and notes what belongs to nobody yet.
    ///
    /// - Parameter source: nil to compare nothing.
    /// - Throws: `realm.differs`; what `source` throws.
    package mutating func compare(
        with source: (any RealmSource)?, _ graph: StageGraph, journal: [JournalEntry],
        location: String
    ) async throws {
        guard let source else { return }
        // Also tells that the manifest is for another account, whatever is recorded.
        _ = try await source.present()
        let records = results.compactMapValues(\.record)
        let comparison = try await RealmComparison(
            Set(records.values.compactMap(\.realm) + journal.compactMap(\.realm)), with: source,
            location: location)
        isAccountCompared = comparison.isComplete
        for (name, record) in records where comparison.isGone(record.realm) {
            results[name] = nil
            gone.insert(name)
        }
        if !gone.isEmpty { due = graph.due(results) }
        let left = journal.filter { !comparison.isGone($0.realm) }
        goneEntries = Set(journal.map(\.entry)).subtracting(left.map(\.entry))
        self.left = left
        unbound = Set(
            records.filter { name, record in
                record.realm == nil && record.lastGood?.outputs != nil
                    && graph[name].map { $0.isOfCloud && !$0.isEphemeral } == true
            }.keys)
    }
}
