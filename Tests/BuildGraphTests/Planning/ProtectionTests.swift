import BuildGraph
import Diagnostics
import JSON
import TestSupport
import Testing

@Suite struct ProtectionTests {
    private let log = Log()

    /// `base` leads to `image`, which is made with `machine` and is published once it is there.
    private func stages(_ setting: String, isLookup: Bool = false) -> [FakeStage] {
        var base = FakeStage(
            "base",
            inputs: isLookup ? [] : [.setting(pointer: "/base", value: .string(setting))])
        base.isLookup = isLookup
        base.body = { [log] _ in
            log.add("run base")
            return setting
        }
        var machine = FakeStage("machine", needs: ["base"], lifetime: .ephemeral)
        machine.body = { [log] _ in
            log.add("run machine")
            return "up"
        }
        var image = FakeStage("image", needs: ["base", "machine"])
        image.body = { [log] _ in
            log.add("run image")
            return setting
        }
        image.does = { facts in
            let old = facts.run?.outputs?["value"]?.stringValue
            return StageEffects(
                creates: ["an image"],
                replaces: old.map { [.init("image \($0)", publication: "public")] } ?? [])
        }
        return [base, machine, image]
    }

    private func released() async throws -> GraphFixture {
        let fixture = GraphFixture(stages("1"))
        #expect(try await fixture.run().status == .succeeded)
        log.clear()
        return fixture
    }

    @Test func `what is published is not replaced without consent, and nothing starts`()
        async throws
    {
        let fixture = try await released()
        let force = Selection(force: ["image"])
        let plan = try await fixture.plan(force)
        #expect(
            plan["image"]?.effects.lines.map(\.text) == [
                "creates an image", "replaces image 1 (public)",
            ])
        #expect(plan.sums.replaces == 1)
        let error = try await #require(throws: Diagnostic.self) {
            try await fixture.run(force)
        }
        #expect(error.code == "publish.protected" && error.severity == .configuration)
        #expect(error.causes == ["stage image replaces image 1 (public)"])
        #expect(log.all.isEmpty)
        let summary = try await fixture.run(force) { $0.replacesPublished = true }
        #expect(summary.status == .succeeded)
        #expect(log.all.contains("run image"))
    }

    @Test func `what turns out during the run is blocked, and its machine never starts`()
        async throws
    {
        var fixture = try await released()
        fixture.stages = stages("2")
        #expect(try await fixture.plan()["image"]?.state == .maybe)
        let summary = try await fixture.run()
        #expect(summary.status == .failed)
        #expect(summary["image"]?.problem?.code == "publish.protected")
        #expect(log.all == ["run base"])
        let again = try await fixture.run { $0.replacesPublished = true }
        #expect(again.status == .succeeded)
    }

    /// The image is there, public, and nothing tells of it.
    private func lost() -> GraphFixture {
        var all = stages("1", isLookup: true)
        all[2].finds = {
            [
                .init(
                    "image 7", publication: "public",
                    adoption: .init(id: "7", command: "dssbatch adopt m image --id 7"))
            ]
        }
        return GraphFixture(all)
    }

    @Test func `what is there and not recorded is named with the command that records it`()
        async throws
    {
        let fixture = lost()
        let error = try await #require(throws: Diagnostic.self) { try await fixture.run() }
        #expect(error.code == "publish.protected" && error.severity == .configuration)
        #expect(
            error.hint?.hasPrefix("record what is there: `dssbatch adopt m image --id 7`") == true)
        // The command needs what the image rests on.
        #expect(log.all == ["run base"])
        let plan = try await fixture.place().plan(Selection(), verify: true).plan
        #expect(plan["image"]?.effects.published.map(\.what) == ["image 7"])
        // A plan that asks nobody knows nothing of it.
        #expect(try await fixture.plan()["image"]?.effects.published == [])
        let summary = try await fixture.run { $0.replacesPublished = true }
        #expect(summary.status == .succeeded)
        // From now on the result tells.
        log.clear()
        try await fixture.run()
        #expect(log.all.isEmpty)
    }

    @Test func `what other results tell counts where a stage cannot look for itself`()
        async throws
    {
        var all = stages("1")
        all[2].does = { _ in StageEffects(replaces: [.init("tag 7", publication: "named")]) }
        let fixture = GraphFixture(all)
        let error = try await #require(throws: Diagnostic.self) { try await fixture.run() }
        #expect(error.causes == ["stage image replaces tag 7 (named)"])
        #expect(log.all.isEmpty)
    }

    @Test(arguments: [true, false])
    func `who says yes adopts, who says no is refused`(answer: Bool) async throws {
        let fixture = lost()
        let adopts: @Sendable (StageName, StageEffects.Replacement) async -> Bool = {
            [log] name, thing in
            log.add("ask \(name) \(thing.label)")
            return answer
        }
        if answer {
            #expect(try await fixture.run { $0.adopts = adopts }.status == .succeeded)
            #expect(try await fixture.plan().isFresh)
            #expect(try await fixture.plan()["image"]?.outputs?["value"] == "7")
        } else {
            await #expect(throws: Diagnostic.self) {
                try await fixture.run { $0.adopts = adopts }
            }
        }
        #expect(log.all == ["run base", "ask image image 7 (public)"])
    }

    @Test func `lookups come first, and then it is planned again`() async throws {
        var fixture = GraphFixture(stages("1", isLookup: true))
        try await fixture.run()
        log.clear()
        let refresh = Selection(refresh: true)
        #expect(try await fixture.run(refresh).status == .succeeded)
        #expect(log.all == ["run base"])
        log.clear()
        fixture.stages = stages("2", isLookup: true)
        let error = try await #require(throws: Diagnostic.self) {
            try await fixture.run(refresh)
        }
        #expect(error.code == "publish.protected")
        #expect(log.all == ["run base"])
    }

    @Test func `a plan file that names what it replaces is consent`() async throws {
        let fixture = try await released()
        let force = Selection(force: ["image"])
        let world = try await fixture.world()
        let file = PlanFile(try await fixture.plan(force), world, assetId: fixture.store.assetId)
        let read = try PlanFile(json: file.json, source: "plan.json")
        #expect(read == file)
        #expect(file.json.compactText.contains("image 1 (public)"))
        let summary = try await fixture.run(force) { $0.expectedPlan = read }
        #expect(summary.status == .succeeded)
    }

    @Test func `what is due besides its inputs makes a stage stale`() async throws {
        var stage = FakeStage("retire")
        let log = log
        stage.owes = { _ in log.all.isEmpty ? .now("image 1 was replaced") : .later }
        stage.body = { _ in
            log.add("run")
            return "done"
        }
        let fixture = GraphFixture([stage])
        try await fixture.run()
        #expect(try await fixture.plan().isFresh)
        log.clear()
        #expect(try await fixture.plan().reasons("retire") == ["image 1 was replaced"])
    }

    @Test func `what is adopted replaces nothing published without consent`() async throws {
        let fixture = try await released()
        func adopt(_ id: String, _ consents: Bool) async throws -> ResultRecord {
            try await fixture.place().adopt(
                id: id, as: "image", isOwn: true, replacesPublished: consents)
        }
        let error = try await #require(throws: Diagnostic.self) { try await adopt("2", false) }
        #expect(error.code == "publish.protected" && error.severity == .configuration)
        #expect(try await fixture.store.load("image")?.record?.run.origin == nil)
        // The same thing takes nobody's place.
        #expect(try await adopt("1", false).run.origin == "adopted")
        let record = try await adopt("2", true)
        #expect(!record.run.isForeign)
        #expect(record.replaced.map(\.outputs) == [["value": "1"]])
        #expect(try ResultRecord(json: record.json).run.isOwn)
    }
}
