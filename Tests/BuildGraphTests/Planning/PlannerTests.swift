import BuildGraph
import Diagnostics
import Foundation
import JSON
import Testing

@Suite struct PlannerTests {
    private func chain(_ setting: JSONValue = 1) -> [FakeStage] {
        [
            FakeStage("a", inputs: [.setting(pointer: "/a", value: setting)]),
            FakeStage("machine", needs: ["a"], lifetime: .ephemeral),
            FakeStage("b", needs: ["machine"]), FakeStage("c", needs: ["b"]),
        ]
    }

    @Test func `what never ran says so, and machines say for whom they are`() async throws {
        let plan = try await GraphFixture(chain()).plan()
        #expect(plan.states == ["run a", "run machine", "run b", "run c"])
        #expect(plan.reasons("b") == ["never ran"])
        #expect(plan.reasons("machine") == ["needed by b"])
    }

    @Test func `a skipped stage leaves its recorded outputs to those behind it`() async throws {
        var fixture = GraphFixture(chain())
        try await fixture.run()
        fixture.stages = chain(2)
        let plan = try await fixture.plan(Selection(skip: ["a"]))
        #expect(plan.states == ["fresh machine", "fresh b", "fresh c"])
    }

    @Test func `behind a skipped stage without outputs everything is blocked`() async throws {
        let plan = try await GraphFixture(chain()).plan(Selection(skip: ["a"]))
        #expect(plan.states == ["fresh machine", "blocked b", "blocked c"])
        #expect(plan.reasons("b") == ["never ran", "stage a is skipped"])
        #expect(plan.reasons("c") == ["never ran", "stage b is blocked"])
        let summary = try await GraphFixture(chain()).run(Selection(skip: ["a"]))
        #expect(summary.status == .failed)
        #expect(summary["b"]?.status == .blocked)
    }

    @Test func `a skipped machine blocks what has to run with it`() async throws {
        let plan = try await GraphFixture(chain()).plan(Selection(skip: ["machine"]))
        #expect(plan.states == ["run a", "blocked b", "blocked c"])
    }

    @Test func `only lists what is selected and the stale upstream of what is stale`() async throws
    {
        var fixture = GraphFixture(chain())
        #expect(
            try await fixture.plan(Selection(only: ["b"])).states
                == ["run a", "run machine", "run b"])
        try await fixture.run()
        #expect(try await fixture.plan(Selection(only: ["c"])).states == ["fresh c"])
        fixture.stages = chain(2)
        #expect(
            try await fixture.plan(Selection(only: ["c"])).states
                == ["run a", "maybe machine", "maybe b", "maybe c"])
    }

    @Test func `forcing, missing outputs and revisions have their words`() async throws {
        var fixture = GraphFixture(chain())
        try await fixture.run()
        #expect(try await fixture.plan(Selection(force: ["c"])).reasons("c") == ["forced"])
        let forced = try await fixture.plan(Selection(force: ["machine"]))
        #expect(forced.reasons("machine") == ["forced", "needed by b"])
        #expect(forced.reasons("b") == ["forced"])
        var world = try await fixture.world()
        world.missing = ["b": "image ami-7"]
        let missing = Planner.plan(try fixture.graph(), world)
        #expect(missing.reasons("b") == ["output missing in AWS: image ami-7"])
        #expect(missing["c"]?.state == .maybe)
        world.missing = [:]
        func left(by runId: String) -> JournalEntry {
            JournalEntry(
                entry: JournalEntryID(rawValue: "\(runId)/1"), stage: "b",
                resource: "docker:container", region: "docker", name: "n", token: nil,
                details: [:], assetId: "a", runId: runId, time: Date(), id: nil)
        }
        world.left = [left(by: "another")]
        #expect(
            Planner.plan(try fixture.graph(), world).reasons("b") == ["interrupted last time"])
        // The run that left it went on to record the stage's success.
        let own = try #require(world.results["b"]?.record?.lastGood?.runId)
        world.left = [left(by: own)]
        #expect(Planner.plan(try fixture.graph(), world).reasons("b") == [])
        var stages = chain()
        stages[2].revision = 2
        stages[1].revision = 3
        fixture.stages = stages
        #expect(
            try await fixture.plan().reasons("b")
                == ["revision changed: 1 -> 2", "revision of machine changed: 1 -> 3"])
    }

    @Test func `verify asks for what is recorded and runs what is gone`() async throws {
        let log = Log()
        var stages = chain()
        stages[2].existence = .missing("image ami-7")
        stages[2].body = { _ in
            log.add("b")
            return "new"
        }
        let fixture = GraphFixture(stages)
        try await fixture.run()
        log.clear()
        try await fixture.run()
        #expect(log.all.isEmpty)
        try await fixture.run { $0.verify = true }
        #expect(log.all == ["b"])
    }

    @Test func `a setting's reason shows the members that differ, added and removed too`()
        async throws
    {
        let old: JSONValue = ["same": 1, "gone": true, "deep": ["x/y": "1"], "list": [1]]
        let new: JSONValue = ["deep": ["x/y": "2"], "same": 1, "list": [1, 2], "added": nil]
        var fixture = GraphFixture([FakeStage("a", inputs: [.setting(pointer: "/v", value: old)])])
        try await fixture.run()
        fixture.stages = [
            FakeStage(
                "a",
                inputs: [.setting(pointer: "/v", value: new), .setting(pointer: "/w", value: 1)])
        ]
        #expect(
            try await fixture.plan().reasons("a") == [
                "setting /v/added changed: (absent) -> null",
                #"setting /v/deep/x~1y changed: "1" -> "2""#,
                "setting /v/gone changed: true -> (absent)",
                "setting /v/list changed: [1] -> [1,2]",
                "setting /w changed: (absent) -> 1",
            ])
    }

    @Test func `one pointer with two derived values counts with both`() async throws {
        func stages(_ value: JSONValue) -> [FakeStage] {
            [
                FakeStage(
                    "m", inputs: [.setting(pointer: "/i", value: value)], lifetime: .ephemeral),
                FakeStage("d", needs: ["m"], inputs: [.setting(pointer: "/i", value: "own")]),
            ]
        }
        var fixture = GraphFixture(stages("x"))
        try await fixture.run()
        #expect(try await fixture.plan().isFresh)
        fixture.stages = stages("y")
        #expect(
            try await fixture.plan().reasons("d") == [#"setting /i of m changed: "x" -> "y""#])
    }

    @Test func `the key is the digest of kind, revision and inputs`() async throws {
        let fixture = GraphFixture(chain())
        try await fixture.run()
        let record = try #require(try await fixture.store.load("b")?.record)
        #expect(record.run.inputs.keys.sorted() == ["stage:a"])
        #expect(record.run.inputs["stage:a"] == Digest.of(["value": "made"]))
        #expect(
            record.run.key
                == Digest.of([
                    "kind": "durable", "stage": "b", "revision": ["b": 1, "machine": 1],
                    "inputs": ["stage:a": .string(Digest.of(["value": "made"]))],
                ]))
    }

    @Test func `why leads from the lowest cause up`() async throws {
        func stages(_ value: JSONValue) -> [FakeStage] {
            [
                FakeStage("source"),
                FakeStage("instance", needs: ["source"], lifetime: .ephemeral),
                FakeStage(
                    "install", needs: ["instance"],
                    inputs: [.setting(pointer: "/v", value: value)], lifetime: .ephemeral),
                FakeStage("reset", needs: ["install"], lifetime: .ephemeral),
                FakeStage("ami", needs: ["reset"]), FakeStage("export", needs: ["ami"]),
            ]
        }
        var fixture = GraphFixture(stages(1))
        try await fixture.run()
        #expect(
            try await fixture.plan().why("export", in: fixture.graph())?.chain.map(\.stage)
                == ["export"])
        fixture.stages = stages(2)
        let plan = try await fixture.plan()
        let why = try #require(plan.why("export", in: try fixture.graph()))
        #expect(why.chain.map(\.stage) == ["install", "reset", "ami", "export"])
        #expect(why.chain.first?.reasons.map(\.description) == ["setting /v changed: 1 -> 2"])
        #expect(why.chain.first?.reasons.first?.digests?.old == Digest.of(1))
        #expect(
            why.chain.last?.reasons.map(\.description)
                == ["stage ami changed, if its outputs come out different"])
        #expect(
            plan.why("instance", in: try fixture.graph())?.chain.map(\.stage)
                == ["install", "reset", "ami", "instance"])
        #expect(plan.why("nobody", in: try fixture.graph()) == nil)
    }

    @Test func `an adopted output is fresh and marked`() async throws {
        let fixture = GraphFixture(chain())
        func adopt(_ name: StageName) async throws -> ResultRecord {
            try await fixture.place().adopt(id: "ami-9", as: name)
        }
        let early = await #expect(throws: Diagnostic.self) { try await adopt("b") }
        #expect(early?.code == "graph.upstream-unknown")
        let machine = await #expect(throws: Diagnostic.self) { try await adopt("machine") }
        #expect(machine?.code == "graph.not-adoptable")
        try await fixture.run(Selection(only: ["a"]))
        let record = try await adopt("b")
        #expect(record.run.origin == "adopted")
        #expect(try await fixture.plan()["b"]?.state == .fresh)
        #expect(try await fixture.plan()["b"]?.outputs == ["value": "ami-9"])
    }
}
