import Diagnostics
import Foundation
import JSON
import TestSupport
import Testing

@testable import BuildGraph

@Suite struct FolderResultStoreTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func store(_ assetId: String = "a b") -> FolderResultStore {
        FolderResultStore(root: "\(folder.path)/out", assetId: assetId)
    }

    private func record(_ stage: StageName, _ value: JSONValue = "x") -> ResultRecord {
        var run = RecordedRun(
            key: "sha256:1", inputs: ["setting:/a": "sha256:2"], settings: ["/a": 1],
            revisions: [stage.rawValue: 1], outputs: ["value": value],
            startedAt: "2026-11-23T18:00:00.000Z", finishedAt: "2026-11-23T18:30:00.000Z",
            seconds: 1800, runId: "run-1", tool: "dssbatch 0.1.0", identity: "i")
        run.by = RecordedPerson(user: "alice", host: "laptop")
        return ResultRecord(stage: stage, assetId: "a b", status: .succeeded, run: run)
    }

    @Test func `a saved record is read back, in a file of the interface's form`() async throws {
        let saved = record("export-vmdk")
        try await store().save(saved)
        #expect(try await store().load("export-vmdk") == .record(saved))
        #expect(try await store().loadAll() == ["export-vmdk": .record(saved)])
        let json = try JSONValue.parse(
            contentsOf: "\(folder.path)/out/a b/export-vmdk.json")
        for (name, value) in [
            ("schema", "dssbatch.result/1"), ("stage", "export-vmdk"), ("assetId", "a b"),
            ("status", "succeeded"), ("key", "sha256:1"), ("runId", "run-1"),
            ("startedAt", "2026-11-23T18:00:00.000Z"), ("tool", "dssbatch 0.1.0"),
        ] {
            #expect(json[name]?.stringValue == value)
        }
        #expect(json["seconds"]?.doubleValue == 1800)
        #expect(json["inputs"] == ["setting:/a": "sha256:2"])
        #expect(json["outputs"] == ["value": "x"])
        #expect(json["by"] == ["user": "alice", "host": "laptop"])
        #expect(folder.names("out/a b") == ["export-vmdk.json"])
    }

    @Test func `a failure keeps the last good outputs under previous`() async throws {
        let good = record("ami")
        let failed = ResultRecord.failure(
            RecordedRun(
                key: "sha256:9", inputs: [:], outputs: nil, startedAt: "2026-11-24T18:00:00.000Z",
                finishedAt: "2026-11-24T18:00:00.000Z", seconds: 1, runId: "run-2", tool: "t"),
            Diagnostic(code: "aws.Throttling", summary: "too fast", hint: "wait"), of: "ami",
            assetId: "a b", after: good)
        try await store().save(failed)
        let json = try JSONValue.parse(contentsOf: "\(folder.path)/out/a b/ami.json")
        #expect(json["status"] == "failed")
        #expect(json["error"] == ["code": "aws.Throttling", "message": "too fast", "hint": "wait"])
        #expect(json["outputs"] == nil)
        #expect(json["previous"]?["outputs"] == ["value": "x"])
        #expect(try await store().load("ami") == .record(failed))
    }

    @Test(arguments: [
        "", "{", "[]", "{}", #"{"schema":"dssbatch.other/9"}"#,
        #"{"schema":"dssbatch.result/1","status":"odd"}"#, "\u{0}",
    ])
    func `garbage is unreadable and says why`(text: String) async throws {
        try folder.write("out/a b/ami.json", text)
        guard case .unreadable(let cause) = try await store().load("ami") else {
            Issue.record("it was read")
            return
        }
        #expect(!cause.isEmpty)
        var fixture = GraphFixture([FakeStage("ami")], store: store())
        fixture.root = folder.path
        #expect(try await fixture.plan().reasons("ami") == ["result file unreadable: \(cause)"])
    }

    @Test func `a copied file of another stage is not taken for this one's`() async throws {
        try await store().save(record("ami"))
        try FileManager.default.copyItem(
            atPath: "\(folder.path)/out/a b/ami.json",
            toPath: "\(folder.path)/out/a b/export.json")
        #expect(
            try await store().load("export")
                == .unreadable("it is of stage `ami` of asset `a b`"))
    }

    @Test func `a plan writes nothing`() async throws {
        try folder.write("in.txt", "in")
        var fixture = GraphFixture(
            [FakeStage("ami", inputs: [.file(path: "in.txt")])], store: store())
        fixture.root = folder.path
        fixture.cachePath = "\(folder.path)/out/a b/.digests"
        let before = folder.names()
        #expect(try await fixture.plan().states == ["run ami"])
        #expect(folder.names() == before)
        try await fixture.run()
        let after = folder.names("out/a b")
        #expect(try await fixture.plan().isFresh)
        #expect(folder.names("out/a b") == after)
    }

    @Test func `a place that cannot be written says so`() async throws {
        try folder.write("out", "a file where the folder should be")
        let problem = await #expect(throws: Diagnostic.self) {
            try await store().save(record("ami"))
        }
        #expect(problem?.code == "results.unwritable")
        #expect(problem?.hint?.contains("--results") == true)
    }

    @Test func `a full disk says so`() {
        let full = Diagnostic(code: "file.disk-full", summary: "cannot write")
        let problem = FolderResultStore.unwritable(full, "out")
        #expect(problem.code == "results.disk-full")
    }
}
