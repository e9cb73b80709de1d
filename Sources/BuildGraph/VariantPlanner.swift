package import Diagnostics
import JSON
import OrderedCollections

/// Plans variants at one moment; those whose seal holds without reading a single result.
package struct VariantPlanner: Sendable {
    private let book: SealBook
    private let moment: InputMoment
    private let time: any TimeSource
    /// By place in the book: whether the input is what it was.
    private let holds: [Bool]

    /// Looks whether what the seals rest on is as it was.
    ///
    /// - Parameters:
    ///   - book: seals that may or may not hold.
    ///   - digester: reads declared files, each once.
    package init(book: SealBook, digester: InputDigester, time: any TimeSource) {
        let moment = InputMoment(digester)
        holds = book.inputs.map { input, digest in
            // What cannot be read any more is not what it was; planning tells.
            (try? moment.digest(of: input)) == digest
        }
        self.book = book
        self.moment = moment
        self.time = time
    }

    /// The seal of a variant, where it holds.
    ///
    /// - Throws: what the store throws.
    package func seal(of variant: Variant) async throws -> Seal? {
        guard let seal = book[variant.assetId], seal.settings == variant.settingsDigest,
            seal.inputs.allSatisfy({ holds[$0] }),
            try await variant.store.fingerprint().digest == seal.results
        else { return nil }
        return seal
    }

    /// Plans one variant.
    ///
    /// - Parameter selection: what is asked for of its stages; nil for nothing.
    /// - Throws: as `RecordedWorld.read`, and what `selection` throws.
    package func plan(
        _ variant: Variant, _ graph: StageGraph, _ selection: Selection
    ) async throws -> VariantPlan {
        let journal = try await Journal(store: variant.store, runId: "plan", time: time)
        let results = try await variant.store.loadAll()
        let world = RecordedWorld(
            results: results,
            digests: try moment.digest(graph.stages.flatMap(\.inputs)),
            interrupted: Set(await journal.unfinished().map(\.stage)),
            due: graph.due(results))
        return .planned(Planner.plan(graph, world, selection), world)
    }

    /// Seals a variant in which everything is fresh.
    ///
    /// - Returns: nil where something is stale, or was changed only just now.
    package func newSeal(of variant: Variant) async throws -> NewSeal? {
        let before = try await variant.store.fingerprint()
        let graph = try variant.graph()
        let declared = Set(graph.stages.flatMap(\.inputs).compactMap(DeclaredPath.init))
        guard before.isSettled, declared.allSatisfy(\.isPlain),
            case .planned(let plan, let world) = try await plan(variant, graph, Selection()),
            plan.isFresh,
            // Nobody looks at a sealed variant when the time has come.
            world.due.isEmpty,
            // A result that is fresh by an earlier run is made the current one by the next.
            !plan.stages.contains(where: \.isPromotion),
            try await variant.store.fingerprint() == before
        else { return nil }
        var inputs: [DeclaredPath: String] = [:]
        for input in declared { inputs[input] = try moment.digest(of: input) }
        return NewSeal(
            assetId: variant.assetId, settings: variant.settingsDigest, results: before.digest,
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
