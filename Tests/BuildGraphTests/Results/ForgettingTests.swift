import JSON
import Testing

@testable import BuildGraph

@Suite struct ForgettingTests {
    private let graph: StageGraph
    private let store = MemoryResultStore()

    init() throws {
        graph = try StageGraph([
            FakeStage("machine", lifetime: .ephemeral),
            FakeStage("ami", needs: ["machine"]), FakeStage("export", needs: ["ami"]),
            FakeStage("other"),
        ])
    }

    private func save(_ name: StageName, _ outputs: JSONValue, history: [JSONValue] = [])
        async throws
    {
        func run(_ outputs: JSONValue) -> RecordedRun {
            RecordedRun(
                key: "sha256:\(name)", inputs: [:], outputs: outputs, startedAt: "",
                finishedAt: "", seconds: 1, runId: "r", tool: "t", identity: "i")
        }
        try await store.save(
            ResultRecord(
                stage: name, assetId: store.assetId, status: .succeeded, run: run(outputs),
                history: history.map(run)))
    }

    @Test func `what is removed is taken back, with what rests on it`() async throws {
        try await save("machine", "gone")
        try await save("ami", "here")
        try await save("export", "here")
        try await save("other", "here", history: ["gone", "here"])
        // The machine of an old run takes nothing with it.
        #expect(try await store.recordRemoval(in: graph) { $0 == "gone" } == [])
        #expect(try await store.load("other")?.record?.history.map(\.outputs) == ["here"])
        try await save("ami", "gone")
        #expect(try await store.recordRemoval(in: graph) { $0 == "gone" } == ["ami", "export"])
        for name in ["ami", "export"] as [StageName] {
            let record = try #require(try await store.load(name)?.record)
            #expect(record.status == .failed)
            #expect(record.error?.code == RecordedError.removedCode)
            #expect(record.lastGood == nil && record.history.isEmpty)
        }
        #expect(try await store.load("other")?.record?.status == .succeeded)
    }

    @Test func `an interruption leaves the last good outputs to be seen`() async throws {
        try await save("machine", "m")
        try await save("ami", "a")
        for name in ["machine", "ami", "other"] as [StageName] {
            try await store.recordInterruption(of: name, in: graph)
        }
        #expect(try await store.load("machine")?.record?.status == .succeeded)
        let record = try #require(try await store.load("ami")?.record)
        #expect(record.status == .failed)
        #expect(record.previous?.outputs == "a")
        #expect(try await store.load("other") == nil)
    }
}
