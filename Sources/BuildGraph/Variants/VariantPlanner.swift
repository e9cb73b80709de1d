import Diagnostics
import JSON
import OrderedCollections

/// Plans variants at one moment; those whose seal holds without reading a single result.
package struct VariantPlanner: Sendable {
    private let book: SealBook
    private let moment: InputMoment
    private let equipment: Equipment
    private var realms: (any RealmSource)? { equipment.realms }
    /// By place in the book: whether the input is what it was.
    private let holds: [Bool]

    /// Looks whether what the seals rest on is as it was.
    ///
    /// - Parameters:
    ///   - book: seals that may or may not hold.
    ///   - equipment: reads declared files, each once.
    package init(_ book: SealBook, _ equipment: Equipment) {
        let moment = InputMoment(equipment.digester)
        holds = book.inputs.map { input, digest in
            // What cannot be read any more is not what it was; planning tells.
            (try? moment.digest(of: input)) == digest
        }
        self.book = book
        self.moment = moment
        self.equipment = equipment
    }

    /// The seal of a variant, where it holds.
    ///
    /// - Throws: what the store throws; `realm.differs`.
    package func seal(of variant: Variant) async throws -> Seal? {
        guard var seal = book[variant.assetId], seal.settings == variant.settingsDigest,
            seal.inputs.allSatisfy({ holds[$0] }),
            try await variant.store.fingerprint().digest == seal.results
        else { return nil }
        guard let realms, !seal.realm.isEmpty else { return seal }
        let realm = Realm(seal.realm)
        let comparison = try await RealmComparison(
            [realm], with: realms, location: variant.store.location)
        seal.isAccountCompared = comparison.isComplete
        return comparison.isGone(realm) ? nil : seal
    }

    /// Plans one variant.
    ///
    /// - Parameter selection: what is asked for of its stages; nil for nothing.
    /// - Throws: as `RecordedWorld.read`, and what `selection` throws.
    package func plan(
        _ variant: Variant, _ graph: StageGraph, _ selection: Selection
    ) async throws -> VariantPlan {
        let journal = try await Journal(store: variant.store, runId: "plan", time: equipment.time)
        let left = await journal.unfinished()
        var world = RecordedWorld(
            results: try await variant.store.loadAll(),
            digests: try moment.digest(graph.stages.flatMap(\.inputs)),
            left: left)
        world.documents = try await DocumentState(
            graph, world.results, store: variant.store)
        try await world.compare(
            with: realms, graph, journal: left, location: variant.store.location)
        world.due = graph.due(world.results)
        return .planned(Planner.plan(graph, world, selection), world)
    }

    /// Seals a variant in which everything is fresh and nothing is left to be removed.
    ///
    /// - Returns: nil where there is something to do, or something was changed only just now.
    package func newSeal(of variant: Variant) async throws -> NewSeal? {
        let before = try await variant.store.fingerprint()
        let graph = try variant.graph()
        let declared = Set(graph.stages.flatMap(\.inputs).compactMap(DeclaredPath.init))
        guard before.isSettled, declared.allSatisfy(\.isPlain),
            case .planned(let plan, let world) = try await plan(variant, graph, Selection()),
            plan.isFresh,
            // What an earlier run left is removed by one that looks into the journal.
            world.left.isEmpty,
            // Nobody looks at a sealed variant when the time has come.
            world.due.isEmpty,
            // A result that is fresh by an earlier run is made the current one by the next.
            !plan.stages.contains(where: \.isPromotion),
            try await variant.store.fingerprint() == before
        else { return nil }
        let known = Set(world.results.values.compactMap { $0.record?.realm })
        guard known.count <= 1 else { return nil }
        var inputs: [DeclaredPath: String] = [:]
        for input in declared { inputs[input] = try moment.digest(of: input) }
        return NewSeal(
            assetId: variant.assetId, settings: variant.settingsDigest, results: before.digest,
            realm: known.first?.text ?? "",
            inputs: inputs, names: plan.stages.map(\.name),
            stagesText: JSONValue.array(plan.stages.map(\.json)).compactText)
    }
}

extension InputMoment {
    /// One digest over all that an input stands for.
    fileprivate func digest(of declared: DeclaredPath) throws -> String {
        let files = try digest([declared.input]).files(of: declared.input)
        return Digest.of(files.map { "\($0.path)\n\($0.digest)\n" }.joined())
    }
}
