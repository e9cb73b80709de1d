package import Diagnostics
import JSON

/// `dssbatch adopt`: records an output that exists already as if a run had made it.
package enum Adoption {
    /// Checks that an output of that id exists and records it as fresh, `"origin": "adopted"`.
    ///
    /// - Parameters:
    ///   - id: what AWS calls it.
    ///   - name: which stage's output it is.
    ///   - graph: the pipeline.
    ///   - store: where it is recorded; locked meanwhile.
    ///   - digester: reads the declared files.
    ///   - tool: what the result file says recorded it.
    ///   - lock: who asks.
    ///   - time: the clock.
    ///   - isOwn: whether it was made for this very asset.
    ///   - replacesPublished: whether what is published may be replaced by it.
    ///   - realms: knows whose results these may be; nil to compare nothing.
    ///   - onEvent: told of progress and warnings.
    /// - Returns: what was recorded.
    /// - Throws: `graph.unknown-selection`, `graph.not-adoptable`, `graph.upstream-unknown`,
    ///   `results.locked`, `publish.protected`; what the stage throws where there is no such
    ///   output.
    package static func adopt(
        id: String, as name: StageName, in graph: StageGraph, store: any ResultStore,
        digester: InputDigester, tool: String, lock: LockInfo, time: any TimeSource,
        isOwn: Bool = false, replacesPublished: Bool = false,
        realms: (any RealmSource)? = nil, onEvent: @escaping @Sendable (RunEvent) -> Void
    ) async throws -> ResultRecord {
        _ = try Selector.resolve(name.rawValue, in: graph)
        let takenOver = try await store.lock(lock, waitSeconds: 0)
        do {
            let events = EventSink(time: time, receive: onEvent)
            if let takenOver { events.emit(.warning(takenOver)) }
            let journal = try await Journal(
                store: store, runId: lock.runId, time: time, events: events)
            // Whatever is adopted, its account is looked into.
            try await realms?.ask()
            var world = try await RecordedWorld.read(
                graph, store: store, digester: digester, journal: [])
            try await world.compare(
                with: realms, graph, journal: await journal.unfinished(),
                location: store.location)
            world.interrupted = []
            store.bind(try await realms?.present())
            var options = RunOptions(lock: lock)
            options.replacesPublished = replacesPublished
            let setup = RunSetup(
                graph: graph, store: store, digester: digester, time: time, tool: tool,
                options: options, journal: journal, events: events, world: world,
                plan: Planner.plan(graph, world))
            let record = try await adopt(id, name, isOwn: isOwn, setup)
            try await store.save(record)
            try await journal.commitKept(of: name)
            await store.unlock()
            return record
        } catch {
            await store.unlock()
            throw error
        }
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
        let material = KeyMaterial(
            number, in: setup.graph, digests: { _ in setup.world.digests },
            outputs: { planned[$0].outputs.map { Digest.of($0) } })
        guard let key = material.key else {
            let names = material.unknown.sorted().map { "`\($0)`" }.joined(separator: ", ")
            throw Diagnostic(
                code: "graph.upstream-unknown", severity: .configuration,
                summary: "stage `\(name)` rests on \(names), of which nothing is recorded",
                hint: "adopt or run \(names) first")
        }
        let upstream = UpstreamOutputs(
            setup.graph.upstream[number].compactMap { other in
                planned[other].outputs.map { setup.graph.stages[other].entry(outputs: $0) }
            })
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
        var run = RecordedRun(
            key: key, inputs: material.inputs, settings: material.settings,
            revisions: material.revisions, outputs: outputs,
            startedAt: Timestamp.text(startedAt), finishedAt: Timestamp.text(setup.time.now()),
            seconds: setup.time.monotonicSeconds() - start, runId: setup.runId, tool: setup.tool,
            identity: try stage.identity(of: outputs), origin: RecordedRun.adopted)
        run.isOwn = isOwn
        try checkConsent(to: run, stage, material, setup)
        return .success(
            run, of: name, assetId: setup.store.assetId, after: earlier, identify: stage.identify)
    }

    /// What takes the place of something published needs the same consent as in a run.
    private static func checkConsent(
        to run: RecordedRun, _ stage: AnyStage, _ material: KeyMaterial, _ setup: RunSetup
    ) throws {
        let recorded = setup.world.results[stage.name]?.record?.lastGood
        guard let recorded, !setup.options.hasConsent,
            recorded.identity(stage.identify) != run.identity
        else { return }
        let effects = stage.base.effects(
            StageEffects.Facts(run: recorded, material: material, results: setup.world.results))
        try Protection.check(
            effects.published.map { "stage \(stage.name) replaces \($0.text)" },
            summary: "this would replace what is published")
    }
}
