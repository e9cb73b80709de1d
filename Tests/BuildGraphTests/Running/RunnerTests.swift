import BuildGraph
import Diagnostics
import JSON
import TestSupport
import Testing

@Suite struct RunnerTests {
    @Test func `a first run runs everything, a second one nothing`() async throws {
        let log = Log()
        let fixture = GraphFixture(release(log))
        let first = try await fixture.run()
        #expect(first.status == .succeeded)
        #expect(
            log.all.prefix(4)
                == ["run source-ami", "run instance", "run install", "run ami"])
        #expect(
            log.all.filter { $0.hasPrefix("down") } == ["down install", "down instance"])
        log.clear()
        let plan = try await fixture.plan()
        #expect(plan.isFresh)
        #expect(plan.stages.allSatisfy { $0.reasons.isEmpty })
        #expect(plan.stages.count == 6)
        let second = try await fixture.run()
        #expect(second.status == .succeeded)
        #expect(second.statuses.allSatisfy { $0.hasPrefix("fresh ") })
        #expect(log.all.isEmpty)
    }

    @Test func `machines are gone while the exports still run`() async throws {
        let log = Log()
        var stages = release(log)
        for place in [4, 5] {
            stages[place].body = { _ in
                try await eventually { log.all.contains("down instance") }
                    ? "exported" : "the machine outlived its consumer"
            }
        }
        let fixture = GraphFixture(stages)
        try await fixture.run()
        let plan = try await fixture.plan()
        #expect(plan["export-vhd"]?.outputs == ["value": "exported"])
    }

    @Test func `a changed setting of a machine reruns what is made with it, and only that`()
        async throws
    {
        let log = Log()
        var fixture = GraphFixture(release(log))
        try await fixture.run()
        log.clear()
        fixture.stages = release(log, setting: "b")
        let plan = try await fixture.plan()
        #expect(
            plan.states == [
                "fresh source-ami", "run instance", "run install", "run ami", "maybe export-vhd",
                "maybe export-vmdk",
            ])
        #expect(
            plan.reasons("ami") == [#"setting /provision/variables changed: "a" -> "b""#])
        #expect(
            plan.reasons("export-vhd") == ["stage ami changed, if its outputs come out different"])
        #expect(plan.reasons("install") == ["needed by ami"])
        let summary = try await fixture.run()
        // The image came out the same, so the exports did not run: early cutoff.
        #expect(
            log.all == ["run instance", "run install", "run ami", "down install", "down instance"])
        #expect(summary.statuses.suffix(2) == ["fresh export-vhd", "fresh export-vmdk"])
        #expect(summary.status == .succeeded)
        #expect(try await fixture.plan().isFresh)
    }

    @Test func `asking again with the same answer leaves everything fresh`() async throws {
        let log = Log()
        let fixture = GraphFixture(release(log))
        try await fixture.run()
        log.clear()
        let refresh = Selection(refresh: true)
        let plan = try await fixture.plan(refresh)
        #expect(plan.reasons("source-ami") == ["asked again (--refresh)"])
        #expect(plan.names(.maybe) == ["instance", "install", "ami", "export-vhd", "export-vmdk"])
        let summary = try await fixture.run(refresh)
        #expect(log.all == ["run source-ami"])
        #expect(summary.statuses.filter { $0.hasPrefix("fresh") }.count == 5)
    }

    @Test func `only the exports run where the image is fresh`() async throws {
        let log = Log()
        let fixture = GraphFixture(release(log))
        try await fixture.run()
        log.clear()
        let only = try Selection(
            only: ["export"], force: ["export-*"], skip: [], in: fixture.graph())
        try await fixture.run(only)
        #expect(Set(log.all) == ["run export-vhd", "run export-vmdk"])
    }

    @Test func `a change taken back is fresh again, unless its outputs were overwritten`()
        async throws
    {
        func stages(_ setting: JSONValue, identityLength: Int?) -> [FakeStage] {
            var stage = FakeStage("export", inputs: [.setting(pointer: "/prefix", value: setting)])
            stage.body = { _ in "key-\(setting.compactText)" }
            stage.identityLength = identityLength
            return [stage]
        }
        var fixture = GraphFixture(stages("a", identityLength: nil))
        try await fixture.run()
        fixture.stages = stages("b", identityLength: nil)
        try await fixture.run()
        fixture.stages = stages("a", identityLength: nil)
        let plan = try await fixture.plan()
        #expect(plan.isFresh)
        #expect(plan["export"]?.outputs == ["value": #"key-"a""#])
        try await fixture.run()
        let record = try await fixture.store.load("export")?.record
        #expect(record?.run.outputs == ["value": #"key-"a""#])
        #expect(record?.history.map(\.outputs) == [["value": #"key-"b""#]])

        var overwritten = GraphFixture(stages("a", identityLength: 3))
        try await overwritten.run()
        overwritten.stages = stages("b", identityLength: 3)
        try await overwritten.run()
        overwritten.stages = stages("a", identityLength: 3)
        #expect(
            try await overwritten.plan().reasons("export")
                == [#"setting /prefix changed: "b" -> "a""#])
    }

    @Test func `pools bound how many stages run at once`() async throws {
        let log = Log()
        let stages = (0..<4).map { number in
            var stage = FakeStage(StageName(rawValue: "s\(number)"))
            stage.pool = "api"
            stage.body = { context in
                log.add("+")
                try await context.time.sleep(seconds: 0.02)
                log.add("-")
                return "x"
            }
            return stage
        }
        try await GraphFixture(stages).run()
        #expect(log.all.joined() == "+-+-+-+-")
    }

    @Test func `a machine forced with nothing behind it comes up and goes down`() async throws {
        let log = Log()
        let fixture = GraphFixture(release(log))
        try await fixture.run()
        log.clear()
        let selection = Selection(only: ["install"], force: ["install"])
        #expect(
            try await fixture.plan(selection).states == ["run instance", "run install"])
        let summary = try await fixture.run(selection)
        #expect(log.all == ["run instance", "run install", "down install", "down instance"])
        #expect(summary.status == .succeeded)
    }
}
