/// Everything that a plan is made of besides the graph and the selection: facts, no I/O.
package struct RecordedWorld: Sendable {
    /// What the store has, by stage.
    package var results: [StageName: StoredResult]
    /// What the stages' declared files are now.
    package var digests: InputDigests
    /// Stages whose creating calls an interrupted run left unfinished in the journal.
    package var interrupted: Set<StageName>
    /// What `--verify` found gone, by stage, such as `image ami-0123`.
    package var missing: [StageName: String]

    /// Collects facts.
    package init(
        results: [StageName: StoredResult], digests: InputDigests,
        interrupted: Set<StageName> = [], missing: [StageName: String] = [:]
    ) {
        self.results = results
        self.digests = digests
        self.interrupted = interrupted
        self.missing = missing
    }

    /// Reads the facts of a graph; writes nothing.
    ///
    /// - Throws: `graph.missing-input`, `graph.unreadable-input`, and what the store throws.
    package static func read(
        _ graph: StageGraph, store: any ResultStore, digester: InputDigester,
        journal: [JournalEntry]
    ) async throws -> RecordedWorld {
        async let results = store.loadAll()
        let digests = try digester.digest(graph)
        return RecordedWorld(
            results: try await results, digests: digests,
            interrupted: Set(journal.map(\.stage)))
    }
}
