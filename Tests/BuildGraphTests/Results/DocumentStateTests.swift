import Diagnostics
import JSON
import OrderedCollections
import TestSupport
import Testing

@testable import BuildGraph

@Suite struct DocumentStateTests {
    private let folder: TemporaryFolder
    private let store: FolderResultStore

    init() throws {
        folder = try TemporaryFolder()
        store = FolderResultStore(root: folder.path, assetId: "a")
    }

    private func run(_ key: String, _ documents: [String: String]) -> RecordedRun {
        var files: OrderedDictionary<String, JSONValue> = [:]
        for (file, text) in documents { files[file] = .string(Digest.of(Array(text.utf8))) }
        return RecordedRun(
            key: key, inputs: [:], outputs: .object(files), startedAt: "", finishedAt: "",
            seconds: 1,
            runId: "r", tool: "t", identity: key)
    }

    private func state(
        _ runs: [StageName: [RecordedRun]], _ order: [StageName]
    ) async throws -> DocumentState {
        let graph = try StageGraph(order.map { WritingStage(name: $0) })
        var results: [StageName: StoredResult] = [:]
        for (stage, runs) in runs {
            results[stage] = .record(
                ResultRecord(
                    stage: stage, assetId: "a", status: .succeeded, run: runs[0],
                    history: Array(runs.dropFirst())))
        }
        return try await DocumentState(graph, results, store: store)
    }

    @Test func `what is as it was recorded spoils nothing`() async throws {
        try await store.writeFile("x.md", Array("one".utf8))
        let state = try await state(["s": [run("1", ["x.md": "one"])]], ["s"])
        #expect(state == DocumentState())
    }

    @Test func `what is gone and what was changed is told`() async throws {
        try await store.writeFile("x.md", Array("two".utf8))
        let state = try await state(
            ["s": [run("1", ["x.md": "one"])], "t": [run("1", ["y.md": "one"])]], ["s", "t"])
        #expect(
            state.spoiled == ["s": "document x.md was changed", "t": "document y.md is gone"])
    }

    @Test func `the later of two stages mends a file`() async throws {
        let run = run("1", ["x.md": "one"])
        let state = try await state(["s": [run], "t": [run]], ["s", "t"])
        #expect(state.spoiled == ["t": "document x.md is gone"])
    }

    @Test func `an earlier run whose documents are gone is not taken up again`() async throws {
        try await store.writeFile("x.md", Array("two".utf8))
        let runs = [run("2", ["x.md": "two"]), run("1", ["x.md": "one"]), run("0", [:])]
        let state = try await state(["s": runs], ["s"])
        #expect(state.spoiled == [:])
        #expect(state.unfit == ["s": ["1"]])
    }
}

/// A stage whose outputs are its documents' digests.
private struct WritingStage: Stage {
    let name: StageName
    var revision: Int { 1 }
    var inputs: [StageInput] { [] }

    func documents(in outputs: JSONValue) -> [String: String] {
        var digests: [String: String] = [:]
        for (file, digest) in outputs.objectValue ?? [:] { digests[file] = digest.stringValue }
        return digests
    }

    func run(_ context: StageContext) async throws -> FakeStage.Outputs { .init(value: "") }

    func verify(
        _ outputs: FakeStage.Outputs, _ context: StageContext
    ) async throws -> Existence { .exists }
}
