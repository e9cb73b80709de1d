import Diagnostics
import JSON

/// `dssbatch adopt`: records an output that exists already as if a run had made it.
extension Workplace {
    /// Checks that an output of that id exists and records it as fresh, `"origin": "adopted"`.
    ///
    /// - Parameters:
    ///   - id: what AWS calls it.
    ///   - name: which stage's output it is.
    ///   - isOwn: whether it was made for this very asset.
    ///   - replacesPublished: whether what is published may be replaced by it.
    ///   - waitLockSeconds: how long to wait for another run.
    /// - Returns: what was recorded.
    /// - Throws: `graph.unknown-selection`, `graph.not-adoptable`, `graph.upstream-unknown`,
    ///   `results.locked`, `publish.protected`; what the stage throws where there is no such
    ///   output.
    package func adopt(
        id: String, as name: StageName, isOwn: Bool = false, replacesPublished: Bool = false,
        waitLockSeconds: Double = 0
    ) async throws -> ResultRecord {
        _ = try Selector.resolve(name.rawValue, in: graph)
        return try await locked(waitSeconds: waitLockSeconds) {
            let journal = try await journal(isTold: true)
            // Whatever is adopted, its account is looked into.
            try await realms?.ask()
            var world = try await RecordedWorld.read(
                graph, store: store, digester: digester, journal: [])
            try await world.compare(
                with: realms, graph, journal: await journal.unfinished(),
                location: store.location)
            world.left = []
            store.bind(try await realms?.present())
            var options = RunOptions()
            options.replacesPublished = replacesPublished
            return try await record(
                id, as: name, isOwn: isOwn,
                RunSetup(
                    place: self, options: options, journal: journal, world: world,
                    plan: Planner.plan(graph, world)))
        }
    }

    /// Adopts under the lock that is held.
    func record(
        _ id: String, as name: StageName, isOwn: Bool, _ setup: RunSetup
    ) async throws -> ResultRecord {
        let record = try await Self.adopt(id, name, isOwn: isOwn, setup)
        try await store.save(record)
        try await setup.journal.commitKept(of: name)
        return record
    }

    private static func adopt(
        _ id: String, _ name: StageName, isOwn: Bool, _ setup: RunSetup
    ) async throws -> ResultRecord {
        guard let number = setup.graph.number(of: name), !setup.graph.stages[number].isEphemeral
        else {
            throw Diagnostic(
                code: "graph.not-adoptable", severity: .configuration,
                summary: "stage `\(name)` leaves nothing behind that could be adopted",
                hint: "name a durable stage: "
                    + setup.graph.stages.filter { !$0.isEphemeral }.map { "`\($0.name)`" }
                    .joined(separator: ", "))
        }
        let stage = setup.graph.stages[number]
        let planned = setup.plan.all
        let material = setup.recordedMaterial(of: number)
        guard material.key != nil else {
            let names = material.unknown.sorted().map { "`\($0)`" }.joined(separator: ", ")
            throw Diagnostic(
                code: "graph.upstream-unknown", severity: .configuration,
                summary: "stage `\(name)` rests on \(names), of which nothing is recorded",
                hint: "adopt or run \(names) first")
        }
        let upstream = setup.graph.upstreamOutputs(of: number) { planned[$0].outputs }
        let earlier = setup.world.results[name]?.record
        let startedAt = setup.time.now()
        let start = setup.time.monotonicSeconds()
        let outputs: JSONValue
        do {
            outputs = try await stage.adopt(
                id: id, setup.context(stage, upstream: upstream, earlier: earlier?.lastGood))
        } catch let problem as Diagnostic {
            // A person named it, and nothing was started.
            throw problem.beforehand
        }
        var run = setup.recorded(
            material, outputs: outputs, startedAt: startedAt,
            seconds: setup.time.monotonicSeconds() - start)
        run.identity = try stage.identity(of: outputs)
        run.origin = RecordedRun.adopted
        run.isOwn = isOwn
        try checkConsent(to: id, run, stage, material, setup)
        return .success(
            run, of: name, assetId: setup.store.assetId, after: earlier,
            counting: material.counting, identify: stage.identify)
    }

    /// What takes the place of something published needs the same consent as in a run.
    private static func checkConsent(
        to id: String, _ run: RecordedRun, _ stage: AnyStage, _ material: KeyMaterial,
        _ setup: RunSetup
    ) throws {
        let recorded = setup.world.results[stage.name]?.record?.lastGood
        let isTheSame =
            recorded.map {
                $0.identity(stage.identify).map(ExactText.init) == run.identity.map(ExactText.init)
            } ?? false
        guard !setup.options.hasConsent, !isTheSame else { return }
        let effects = stage.base.effects(
            StageEffects.Facts(run: recorded, material: material, results: setup.world.results))
        try Protection.check(
            effects.published.filter { $0.adoption?.id != id }
                .map { "stage \(stage.name) replaces \($0.text)" },
            summary: "this would replace what is published")
    }
}
