import BuildGraph
import TestSupport
import Testing

@Suite struct PlannerPropertyTests {
    @Test(arguments: 0..<40)
    func `the planner agrees with brute force, and a run does what was planned`(seed: Int)
        async throws
    {
        var random = SeededGenerator(seed: UInt64(seed) &+ 1000)
        var pipeline = RandomPipeline(
            seed: UInt64(seed), count: Int.random(in: 1...8, using: &random))
        let log = Log()
        var fixture = GraphFixture(pipeline.stages(log))
        for _ in 0..<12 {
            for _ in 0..<Int.random(in: 0...2, using: &random) { pipeline.change(&random) }
            fixture.stages = pipeline.stages(log)
            try await spoil(&random, fixture, pipeline)
            let world = try await fixture.world()
            let plan = Planner.plan(try fixture.graph(), world)
            check(plan, NaivePlanner(pipeline: pipeline, results: world.results), pipeline)
            log.clear()
            let only = try await partly(&random, fixture, pipeline)
            if only != nil { continue }
            let summary = try await fixture.run()
            #expect(summary.status == .succeeded)
            checkRun(log, plan)
            let after = try await fixture.plan()
            #expect(after.isFresh)
            #expect(after.stages.allSatisfy { $0.reasons.isEmpty })
        }
    }

    @Test(arguments: 0..<30)
    func `a changed input reruns only its dependents, and the order of the table is irrelevant`(
        seed: Int
    ) async throws {
        var random = SeededGenerator(seed: UInt64(seed) &+ 2000)
        var pipeline = RandomPipeline(seed: UInt64(seed), count: 12)
        let log = Log()
        var fixture = GraphFixture(pipeline.stages(log))
        try await fixture.run()
        let place = Int.random(in: 0..<12, using: &random)
        let old = pipeline.nodes[place].setting
        pipeline.nodes[place].setting = old + 1
        fixture.stages = pipeline.stages(log).reversed()
        log.clear()
        try await fixture.run()
        let touched = pipeline.reachable(from: place)
        let ran = Set(log.all.compactMap { $0.hasPrefix("run ") ? String($0.dropFirst(4)) : nil })
        // A machine is started anew for any of its consumers, whatever changed.
        let durable = Set(pipeline.nodes.filter { !$0.isEphemeral }.map(\.name.rawValue))
        #expect(ran.intersection(durable).isSubset(of: Set(touched.map(\.rawValue))))
        pipeline.nodes[place].setting = old
        fixture.stages = pipeline.stages(log)
        let back = try await fixture.plan()
        #expect(
            back.names(.run).allSatisfy { touched.contains($0) || !durable.contains($0.rawValue) })
    }

    /// Forgets, or makes unreadable, what is recorded of some stage now and then.
    private func spoil(
        _ random: inout SeededGenerator, _ fixture: GraphFixture, _ pipeline: RandomPipeline
    ) async throws {
        guard let store = fixture.store as? MemoryResultStore,
            let node = pipeline.nodes.randomElement(using: &random)
        else { return }
        switch Int.random(in: 0..<6, using: &random) {
        case 0: await store.forget(node.name)
        case 1 where !node.isEphemeral: await store.spoil(node.name)
        default: return
        }
    }

    /// Now and then brings only one stage up to date, so that the others stay behind.
    private func partly(
        _ random: inout SeededGenerator, _ fixture: GraphFixture, _ pipeline: RandomPipeline
    ) async throws -> StageName? {
        guard Int.random(in: 0..<3, using: &random) == 0,
            let node = pipeline.nodes.randomElement(using: &random)
        else { return nil }
        let selection = Selection(only: [node.name])
        #expect(try await fixture.run(selection).status == .succeeded)
        #expect(try await fixture.plan(selection).isFresh)
        return node.name
    }

    private func check(_ plan: Plan, _ naive: NaivePlanner, _ pipeline: RandomPipeline) {
        let states = naive.states()
        let machines = naive.machines(states)
        for (number, node) in pipeline.nodes.enumerated() {
            let expected = states[number] ?? machines[number] ?? .fresh
            #expect(plan[node.name]?.state == expected, "\(node.name)")
            #expect((plan[node.name]?.reasons.isEmpty ?? true) == (expected == .fresh))
        }
    }

    private func checkRun(_ log: Log, _ plan: Plan) {
        let ran = log.all.compactMap { $0.suffix(after: "run ") }
        let down = log.all.compactMap { $0.suffix(after: "down ") }
        #expect(ran.count == Set(ran).count, "nothing runs twice")
        let certain = plan.names(.run).map(\.rawValue)
        let possible = certain + plan.names(.maybe).map(\.rawValue)
        #expect(Set(certain).isSubset(of: ran))
        #expect(Set(ran).isSubset(of: possible))
        // Whatever machine came up went down, each once, later ones first.
        let machines = plan.stages.filter { $0.lifetime == .ephemeral }.map(\.name.rawValue)
        #expect(down.sorted() == ran.filter { machines.contains($0) }.sorted())
    }
}

extension String {
    fileprivate func suffix(after prefix: String) -> String? {
        hasPrefix(prefix) ? String(dropFirst(prefix.count)) : nil
    }
}
