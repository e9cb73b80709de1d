import Diagnostics

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
    /// Stages whose documents are not what was recorded, with what is wrong, such as
    /// `document release.json is gone`.
    package var spoiled: [StageName: String] = [:]
    /// What stages have to do besides what their inputs ask for.
    package var due: [StageName: StageDue]
    /// Stages whose results are gone with the local cloud that made them; not among `results`.
    package var gone: Set<StageName> = []
    /// Entries of the journal that are gone in the same way.
    package var goneEntries: Set<JournalEntryID> = []
    /// Stages whose results belong to no realm yet: a program that knew of none recorded them.
    package var unbound: Set<StageName> = []
    /// Whether it is known that the results are of the account that is worked in.
    package var isAccountCompared = true

    /// Collects facts.
    package init(
        results: [StageName: StoredResult], digests: InputDigests,
        interrupted: Set<StageName> = [], missing: [StageName: String] = [:],
        due: [StageName: StageDue] = [:]
    ) {
        self.results = results
        self.digests = digests
        self.interrupted = interrupted
        self.missing = missing
        self.due = due
    }

    /// A stage's last good run, where nobody has found its outputs gone.
    func present(_ stage: StageName, _ record: ResultRecord?) -> RecordedRun? {
        missing[stage] == nil ? record?.lastGood : nil
    }

    /// Reads the facts of a graph; writes nothing.
    ///
    /// - Throws: `graph.missing-input`, `graph.unreadable-input`, and what the store throws.
    package static func read(
        _ graph: StageGraph, store: any ResultStore, digester: InputDigester,
        journal: [JournalEntry]
    ) async throws -> RecordedWorld {
        async let loading = store.loadAll()
        let digests = try digester.digest(graph)
        let results = try await loading
        var world = RecordedWorld(
            results: results, digests: digests, interrupted: Set(journal.map(\.stage)),
            due: graph.due(results))
        world.spoiled = try await graph.spoiled(results, store: store)
        return world
    }
}

extension StageGraph {
    private static let documentReadWidth = 16

    /// Stages whose documents are gone or others than were recorded.
    ///
    /// Where outputs of two stages tell of a file, the later one mends it: what uploads a file can
    /// bring it back, what it was made with may be gone.
    package func spoiled(
        _ results: [StageName: StoredResult], store: any ResultStore
    ) async throws -> [StageName: String] {
        var recorded: [String: (stage: StageName, digest: String)] = [:]
        for stage in stages {
            guard let outputs = results[stage.name]?.record?.lastGood?.outputs else { continue }
            for (file, digest) in stage.base.documents(in: outputs) {
                recorded[file] = (stage.name, digest)
            }
        }
        let files = recorded.keys.sorted()
        let found = try await ConcurrentMap.map(files, width: Self.documentReadWidth) { file in
            try await store.readFile(file).map { Digest.of($0) }
        }
        var spoiled: [StageName: String] = [:]
        for (file, digest) in zip(files, found) {
            guard let known = recorded[file], known.digest != digest else { continue }
            spoiled[known.stage] = "document \(file) \(digest == nil ? "is gone" : "was changed")"
        }
        return spoiled
    }

    /// What stages have to do besides what their inputs ask for.
    package func due(_ results: [StageName: StoredResult]) -> [StageName: StageDue] {
        var due: [StageName: StageDue] = [:]
        for stage in stages {
            let own = stage.base.due(results)
            if own != .never { due[stage.name] = own }
        }
        return due
    }
}
