import BuildGraph
import Diagnostics
import JSON
import Testing

@Suite struct PreflightTests {
    private static let missing = Diagnostic(
        code: "secrets.missing", severity: .configuration, summary: "no password", hint: "set it")
    private static let noBucket = Diagnostic(
        code: "aws.NoSuchBucket", summary: "no bucket", hint: "deploy it")
    private static let trouble = Diagnostic(
        code: "aws.InternalError", summary: "no answer", hint: "try later", isTrouble: true)

    /// A small release whose stages of these names find something wrong before they start.
    private func stages(_ log: Log, failing problems: [StageName: Diagnostic]) -> [FakeStage] {
        release(log).map { stage in
            var stage = stage
            let name = stage.name
            let problem = problems[name]
            stage.check = { _ in
                log.add("check \(name)")
                if let problem { throw problem }
            }
            return stage
        }
    }

    @Test func `every stage that may run is asked before the first one starts`() async throws {
        let log = Log()
        let fixture = GraphFixture(stages(log, failing: [:]))
        #expect(try await fixture.run().status == .succeeded)
        #expect(
            log.all.prefix(6).sorted() == [
                "check ami", "check export-vhd", "check export-vmdk", "check install",
                "check instance", "check source-ami",
            ])
        #expect(log.all.dropFirst(6).allSatisfy { !$0.hasPrefix("check") })
    }

    @Test func `a configuration error ends the run, nothing is recorded and nothing started`()
        async throws
    {
        let log = Log()
        let store = MemoryResultStore()
        // The other problem stands earlier in the graph and does not hide this one.
        let fixture = GraphFixture(
            stages(log, failing: ["source-ami": Self.trouble, "install": Self.missing]),
            store: store)
        let error = await #expect(throws: Diagnostic.self) { try await fixture.run() }
        #expect(error == Self.missing)
        #expect(log.all.allSatisfy { $0.hasPrefix("check") })
        #expect(await store.saves.isEmpty)
        #expect(fixture.events.names == ["plan", "error source-ami"])
        #expect(await store.lockHolder() == nil)
    }

    @Test func `what is wrong before anything starts is a configuration error, and told once`()
        async throws
    {
        let log = Log()
        let store = MemoryResultStore()
        let fixture = GraphFixture(
            stages(
                log,
                failing: [
                    "ami": Self.missing, "export-vhd": Self.noBucket,
                    "export-vmdk": Self.noBucket, "install": Self.missing,
                ]),
            store: store)
        let error = await #expect(throws: Diagnostic.self) { try await fixture.run() }
        #expect(error == Self.missing)
        #expect(await store.saves.isEmpty)
        #expect(fixture.events.names == ["plan", "error export-vhd"])
        let only = GraphFixture(stages(log, failing: ["export-vhd": Self.noBucket]))
        let other = await #expect(throws: Diagnostic.self) { try await only.run() }
        #expect(other?.code == "aws.NoSuchBucket")
        #expect(other?.severity == .configuration)
    }

    @Test func `a failure is recorded as its stage's own, and nothing starts`() async throws {
        let log = Log()
        let store = MemoryResultStore()
        let fixture = GraphFixture(
            stages(log, failing: ["export-vhd": Self.trouble]), store: store)
        let summary = try await fixture.run()
        #expect(summary.status == .failed)
        #expect(summary.statuses == ["failed export-vhd"])
        #expect(summary["export-vhd"]?.problem == Self.trouble)
        #expect(log.all.allSatisfy { $0.hasPrefix("check") })
        #expect(await store.saves == ["export-vhd"])
        let record = try await store.load("export-vhd")?.record
        #expect(record?.status == .failed)
        #expect(
            record?.error
                == RecordedError(code: "aws.InternalError", message: "no answer", hint: "try later")
        )
        #expect(
            fixture.events.names == [
                "plan", "error export-vhd", "stage-finished export-vhd", "run-finished",
            ])
        #expect(try await fixture.plan().reasons("export-vhd").contains("failed last time"))
    }

    @Test func `several failures are all told, in the order of the graph`() async throws {
        let log = Log()
        let problems: [StageName: Diagnostic] = [
            "export-vmdk": Self.trouble, "ami": Self.trouble, "export-vhd": Self.trouble,
        ]
        let fixture = GraphFixture(stages(log, failing: problems))
        let summary = try await fixture.run { $0.keepGoing = true }
        #expect(summary.statuses == ["failed ami", "failed export-vhd", "failed export-vmdk"])
        #expect(log.all.count == 6)
    }

    @Test func `once the cause is gone the same command does everything`() async throws {
        let log = Log()
        var fixture = GraphFixture(stages(log, failing: ["ami": Self.trouble]))
        try await fixture.run()
        fixture.stages = stages(log, failing: [:])
        #expect(try await fixture.run().status == .succeeded)
        #expect(try await fixture.plan().isFresh)
    }

    @Test func `a failed preflight keeps what was recorded before`() async throws {
        let log = Log()
        var fixture = GraphFixture(stages(log, failing: [:]))
        try await fixture.run()
        fixture.stages = stages(log, failing: ["export-vhd": Self.trouble])
        let forced = Selection(force: ["export-vhd"])
        #expect(try await fixture.run(forced).status == .failed)
        let record = try await fixture.store.load("export-vhd")?.record
        #expect(record?.lastGood?.outputs == ["value": "made by export-vhd"])
    }

    @Test func `fresh stages are not asked`() async throws {
        let log = Log()
        let all: [StageName] = ["source-ami", "instance", "install", "ami", "export-vmdk"]
        var fixture = GraphFixture(stages(log, failing: [:]))
        try await fixture.run()
        log.clear()
        fixture.stages = stages(
            log, failing: Dictionary(uniqueKeysWithValues: all.map { ($0, Self.trouble) }))
        #expect(try await fixture.run().status == .succeeded)
        #expect(log.all.isEmpty)
        #expect(try await fixture.run(Selection(force: ["export-vhd"])).status == .succeeded)
        #expect(log.all == ["check export-vhd", "run export-vhd"])
    }
}
