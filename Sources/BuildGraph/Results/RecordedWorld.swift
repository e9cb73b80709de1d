package import Diagnostics

/// Everything that a plan is made of besides the graph and the selection: facts, no I/O.
package struct RecordedWorld: Sendable {
    /// What the store has, by stage.
    package var results: [StageName: StoredResult]
    /// What the stages' declared files are now.
    package var digests: InputDigests
    /// What runs left unfinished in the journal, the oldest first.
    package var left: [JournalEntry]
    /// What `--verify` found gone, by stage, such as `image ami-0123`.
    package var missing: [StageName: String]
    /// Stages of which `--verify` got no answer, with why.
    package var unanswered: [StageName: Diagnostic] = [:]
    /// What is published and not recorded, by stage, where the world was asked; without it, what
    /// other stages' results tell of it counts.
    var unrecorded: [StageName: [StageEffects.Replacement]] = [:]
    /// Whether what lies beside the results is what they tell of it.
    package var documents = DocumentState()
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
        left: [JournalEntry] = [], missing: [StageName: String] = [:],
        due: [StageName: StageDue] = [:]
    ) {
        self.results = results
        self.digests = digests
        self.left = left
        self.missing = missing
        self.due = due
    }

    /// Whether a run ended in the middle of a stage.
    ///
    /// Not where that very run recorded its success afterwards: what it left then, such as a
    /// container that could not be removed, is to be removed, and nothing to be made again. Nor
    /// where it was left standing on purpose.
    package func isInterrupted(_ stage: StageName) -> Bool {
        let succeeded = results[stage]?.record?.lastGood?.runId
        return left.contains { $0.stage == stage && $0.runId != succeeded && $0.hold == nil }
    }

    /// A stage's last good run, where nobody has found its outputs gone.
    func present(_ stage: StageName, _ record: ResultRecord?) -> RecordedRun? {
        missing[stage] == nil ? record?.lastGood : nil
    }

    /// What a stage that runs does to what is there.
    ///
    /// - Parameter record: what is recorded of it by now.
    func effects(
        of stage: AnyStage, _ record: ResultRecord?, _ material: KeyMaterial?
    ) -> StageEffects {
        var effects = stage.base.effects(
            StageEffects.Facts(
                run: present(stage.name, record), material: material, results: results))
        if let found = unrecorded[stage.name] { effects.replaces = found }
        effects.continues = left.filter {
            $0.stage == stage.name && !goneEntries.contains($0.entry)
                && StageJournal.isOf(material?.key, $0)
        }.compactMap(stage.base.continued)
        return effects
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
            results: results, digests: digests, left: journal, due: graph.due(results))
        world.documents = try await DocumentState(graph, results, store: store)
        return world
    }
}

extension StageGraph {
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
