import BuildGraph
import Diagnostics
import JSON
import TestSupport
import Testing

@testable import BuildGraph

@Suite struct VariantRunnerTests {
    private let folder: TemporaryFolder
    private let log = Log()
    private let events = EventLog()

    init() throws { folder = try TemporaryFolder() }

    private func variant(
        _ assetId: String, setting: JSONValue = "same",
        look: @escaping @Sendable (StageContext) async throws -> String = { _ in "found" }
    ) -> Variant {
        let log = log
        let store = FolderResultStore(root: folder.path, assetId: assetId)
        return Variant(assetId: assetId, store: store, settingsDigest: assetId) {
            var lookup = SharedStage(inputs: [.setting(pointer: "/base", value: setting)])
            lookup.clear = { context in log.add("clear \(context.assetId)") }
            lookup.body = { context in
                log.add("look for \(setting.stringValue ?? "")")
                try await context.results.writeFile("lookup.list.json", [1, 2])
                return try await look(context)
            }
            var image = FakeStage("image", needs: ["lookup"])
            image.body = { context in
                log.add("image \(context.assetId) of run \(context.runId.count)")
                return "image of \(context.assetId)"
            }
            return try StageGraph([lookup, image])
        }
    }

    private func run(
        _ variants: [Variant], width: Int = 4, keepGoing: Bool = false
    ) async throws -> [VariantRunner.Outcome] {
        try await VariantRunner(
            GraphFixture.equipment(folder.path), width: width, onEvent: events.receive
        ).run(variants, RunOptions(keepGoing: keepGoing)) { _ in
            Selection()
        }
    }

    @Test func `what variants share runs once, with its documents for all`() async throws {
        let variants = (0..<8).map { variant("v\($0)", setting: $0 < 4 ? "one" : "two") }
        let outcomes = try await run(variants)
        #expect(
            outcomes.allSatisfy { $0.isFresh } && outcomes.map(\.assetId) == variants.map(\.assetId)
        )
        #expect(
            log.all.filter { $0.hasPrefix("look") }.sorted() == ["look for one", "look for two"])
        #expect(log.all.count { $0.hasPrefix("image") } == 8)
        // What an interrupted run of its own left is each variant's to remove.
        #expect(Set(log.all.filter { $0.hasPrefix("clear") }).count == 8)
        for variant in variants {
            #expect(try await variant.store.readFile("lookup.list.json") == [1, 2])
            let record = try #require(try await variant.store.load("image")?.record)
            #expect(record.run.outputs == ["value": .string("image of \(variant.assetId)")])
        }
        #expect(Set(events.all.map(\.assetId)) == Set(variants.map(\.assetId)))
    }

    @Test func `each run has an id of its own`() async throws {
        let variants = (0..<5).map { variant("v\($0)") }
        _ = try await run(variants)
        var ids: Set<String> = []
        for variant in variants {
            ids.insert(try #require(try await variant.store.load("image")?.record?.run.runId))
        }
        #expect(ids.count == 5)
    }

    @Test(arguments: [false, true])
    func `after a failure the rest begins only if it is told to`(keepGoing: Bool) async throws {
        let bad = variant("bad", setting: "bad") { _ in throw Diagnostic(code: "x", summary: "x") }
        let outcomes = try await run(
            [bad, variant("a"), variant("b")], width: 1, keepGoing: keepGoing)
        #expect(outcomes.map(\.hasFailed) == [true, false, false])
        #expect(outcomes.map(\.isLeftOut) == [false, !keepGoing, !keepGoing])
        #expect(outcomes.map(\.isFresh) == [false, keepGoing, keepGoing])
    }

    @Test func `a failure that is shared fails all, with one try`() async throws {
        let variants = (0..<4).map { number in
            variant("v\(number)") { _ in throw Diagnostic(code: "x", summary: "x") }
        }
        let outcomes = try await run(variants, keepGoing: true)
        #expect(outcomes.allSatisfy { $0.hasFailed })
        #expect(log.all.filter { $0.hasPrefix("look") } == ["look for same"])
    }

    @Test func `a locked variant is told and was not begun`() async throws {
        let locked = variant("locked")
        try await FolderResultStore(root: folder.path, assetId: "locked").lock(
            GraphFixture.lock("other"), waitSeconds: 0)
        let holder = FolderResultStore(root: folder.path, assetId: "held")
        try await holder.lock(GraphFixture.lock("other"), waitSeconds: 0)
        let outcomes = try await run([variant("held"), variant("a")], keepGoing: true)
        #expect(outcomes[0].problem?.severity == .locked)
        #expect(!outcomes[0].hasFailed && !outcomes[0].isFresh && outcomes[1].isFresh)
        await holder.unlock()
        #expect(try await run([locked])[0].isFresh)
    }

    @Test func `who cancels does not end what others share`() async throws {
        let shared = SharedOutputs()
        let begun = Log()
        let released = Log()
        let make: @Sendable () async throws -> SharedResult = {
            begun.add("made")
            try #require(try await eventually { !released.all.isEmpty })
            return SharedResult(outputs: "x", documents: [:])
        }
        let first = Task { try await shared.result(of: "k", make: make) }
        while begun.all.isEmpty { await Task.yield() }
        let second = Task { try await shared.result(of: "k", make: make) }
        first.cancel()
        await #expect(throws: (any Error).self) { try await first.value }
        released.add("go on")
        #expect(try await second.value.outputs == "x")
    }

    @Test func `a rehearsal tells what would be refused, and makes nothing`() async throws {
        let log = log
        let store = FolderResultStore(root: folder.path, assetId: "public")
        let variant = Variant(assetId: "public", store: store, settingsDigest: "public") {
            var image = FakeStage("image")
            image.does = { facts in
                StageEffects(
                    replaces: facts.run == nil ? [] : [.init("image 1", publication: "public")])
            }
            image.body = { _ in
                log.add("image")
                return "1"
            }
            return try StageGraph([image])
        }
        #expect(try await run([variant])[0].isFresh)
        let runner = VariantRunner(
            GraphFixture.equipment(folder.path), width: 1, onEvent: events.receive)
        let before = events.all.count
        let options = RunOptions()
        let causes = try await runner.rehearse([variant, self.variant("new")], options) { graph in
            Selection(force: Set(graph.names))
        }
        #expect(causes == ["public: stage image replaces image 1 (public)"])
        #expect(log.all == ["image"])
        #expect(events.all.count == before)
    }
}

/// A stage that releases share, and that writes a document.
private struct SharedStage: Stage {
    typealias Outputs = FakeStage.Outputs

    var name: StageName { "lookup" }
    var revision: Int { 1 }
    var inputs: [StageInput]
    var isShareable: Bool { true }
    func documents(in outputs: JSONValue) -> [String: String] {
        ["lookup.list.json": Digest.of([1, 2])]
    }
    var body: @Sendable (StageContext) async throws -> String = { _ in "" }
    var clear: @Sendable (StageContext) async throws -> Void = { _ in }

    init(inputs: [StageInput]) { self.inputs = inputs }

    func removeLeftovers(_ context: StageContext) async throws { try await clear(context) }

    func run(_ context: StageContext) async throws -> Outputs {
        Outputs(value: try await body(context))
    }

    func verify(_ outputs: Outputs, _ context: StageContext) async throws -> Existence { .exists }
}
