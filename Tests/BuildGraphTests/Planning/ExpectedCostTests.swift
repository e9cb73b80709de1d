import BuildGraph
import Diagnostics
import Foundation
import JSON
import Testing

@Suite struct ExpectedCostTests {
    /// A machine of which an hour costs 3600 USD, and what is made on it and behind it.
    private func stages() -> [FakeStage] {
        var machine = FakeStage("machine", lifetime: .ephemeral)
        machine.price = { $0 }
        var copy = FakeStage("copy", needs: ["image"])
        copy.price = { _ in 1000 }
        return [
            machine, FakeStage("play", needs: ["machine"], lifetime: .ephemeral),
            FakeStage("image", needs: ["play"]), copy,
        ]
    }

    private func store(_ seconds: [(StageName, Double)]) async throws -> MemoryResultStore {
        let store = MemoryResultStore()
        for (name, length) in seconds {
            var record = GraphFixture.record(name)
            record.run.seconds = length
            try await store.save(record)
        }
        return store
    }

    @Test func `a machine costs from its start to the end of its last user`() async throws {
        let known = try await store([("machine", 10), ("play", 20), ("image", 30), ("copy", 50)])
        let plan = try await GraphFixture(stages(), store: known).plan()
        #expect(plan.sums.costUSD == 1060.0)
        let event = RunEvent(time: Date(), stage: nil, kind: .plan(plan))
        #expect(event.json["sums"]?["costUSD"] == .number(1060))
    }

    @Test func `nobody knows the cost of what never ran`() async throws {
        let known = try await store([("machine", 10), ("play", 20)])
        let plan = try await GraphFixture(stages(), store: known).plan()
        #expect(plan.sums.costUSD == nil)
        let event = RunEvent(time: Date(), stage: nil, kind: .plan(plan))
        #expect(event.json["sums"]?["costUSD"] == .null)
        var sums = Plan.Sums(runs: 1, costUSD: 5)
        sums.add(plan.sums)
        #expect(sums.costUSD == nil)
    }

    @Test func `what does not run costs nothing`() async throws {
        let plan = try await GraphFixture(stages()).plan(Selection(only: []))
        #expect(plan.sums.costUSD == 0)
    }

    @Test func `what an interrupted run left is continued where its inputs are the same`()
        async throws
    {
        let store = MemoryResultStore()
        let key = try #require(try await GraphFixture(stages(), store: store).plan()["image"]?.key)
        let journal = try await Journal(store: store, runId: "run-0", time: SystemTimeSource())
        for (given, id) in [(key, "1"), ("sha256:other", "2")] {
            let entry = try await StageJournal(stage: "image", journal: journal, key: given)
                .intend(FakeKind.image, region: "here")
            try await journal.created(entry, id: id)
        }
        let plan = try await GraphFixture(stages(), store: store).plan()
        #expect(plan["image"]?.effects.lines.map(\.text) == ["continues thing 1"])
        #expect(plan["image"]?.json["continues"] == ["thing 1"])
    }

    @Test func `the lowest cause is told of every stage`() async throws {
        let store = MemoryResultStore()
        try await GraphFixture(stages(), store: store).run()
        var changed = stages()
        changed[1].revision = 2
        let plan = try await GraphFixture(changed, store: store).plan()
        #expect(
            plan.stages.map { plan.cause(of: $0)?.description ?? "" }
                == Array(repeating: "revision of play changed: 1 -> 2", count: 4))
    }
}
