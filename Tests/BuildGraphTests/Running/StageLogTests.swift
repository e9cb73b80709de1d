import BuildGraph
import Diagnostics
import Foundation
import JSON
import TestSupport
import Testing

@Suite struct StageLogTests {
    private static let problem = Diagnostic(code: "test.failed", summary: "it failed")

    private func text(_ log: StageLog) throws -> String {
        String(decoding: try #require(log.bytes), as: UTF8.self)
    }

    @Test func `only the end is kept, whole lines, within the limit`() throws {
        let log = StageLog()
        #expect(log.bytes == nil)
        // Long ones: each is looked through for the secrets of all tests of this process.
        let width = 1000
        let count = 3 * StageLog.limitBytes / width
        for number in 0..<count {
            log.add("\(number) " + String(repeating: "x", count: width))
        }
        let lines = try text(log).split(separator: "\n")
        let size = try #require(log.bytes).count
        #expect(size <= StageLog.limitBytes && size > StageLog.limitBytes - width - 100)
        #expect(lines[0] == "(earlier lines are left out)")
        #expect(lines.last?.hasPrefix("\(count - 1) x") == true)
        #expect(lines.dropFirst().allSatisfy { $0.hasSuffix("xx") && $0.contains(" x") })
    }

    @Test func `secrets are left out, and what moves a cursor is spelt out`() throws {
        let secret = "log-secret\nof-two-lines-\(UUID().uuidString)"
        _ = Secret(secret)
        let log = StageLog()
        log.add("before \(secret) behind\u{1B}[2J")
        #expect(try text(log) == "before <secret> behind\\u{1b}[2J\n")
    }

    /// A stage that says something and fails, or not.
    private func stage(fails: Bool, says: String?) -> FakeStage {
        var stage = FakeStage("image")
        stage.body = { context in
            if let says { context.log.add(says) }
            if fails { throw Self.problem }
            return "made"
        }
        return stage
    }

    private func run(_ stage: FakeStage, _ store: any ResultStore) async throws -> RunSummary {
        try await Workplace(
            graph: try StageGraph([stage]), store: store, equipment: GraphFixture.equipment("/"),
            onEvent: { _ in }
        ).run(RunOptions())
    }

    @Test func `what a failed stage wrote lies beside its result until it succeeds`()
        async throws
    {
        let folder = try TemporaryFolder()
        let store = FolderResultStore(root: folder.path, assetId: "1.0")
        let path = "\(folder.path)/1.0/image.log"
        let summary = try await run(stage(fails: true, says: "hello"), store)
        #expect(summary["image"]?.problem?.log == path)
        #expect(summary["image"]?.problem?.description.contains("log: \(path)") == true)
        #expect(try FileContents.read(path) == Array("hello\n".utf8))
        let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions]
        #expect(mode as? Int == 0o600)
        let record = try #require(try await store.load("image")?.record)
        #expect(record.error?.log == "image.log")
        #expect(record.error?.told(in: "there").log == "there/image.log")
        // The next failure has nothing to say.
        _ = try await run(stage(fails: true, says: nil), store)
        #expect(!FileManager.default.fileExists(atPath: path))
        #expect(try await store.load("image")?.record?.error?.log == nil)
        _ = try await run(stage(fails: true, says: "again"), store)
        #expect(FileManager.default.fileExists(atPath: path))
        _ = try await run(stage(fails: false, says: "well"), store)
        #expect(!FileManager.default.fileExists(atPath: path))
    }

    @Test func `a place of objects keeps and removes it as well`() async throws {
        let objects = MemoryObjects()
        func store() -> ObjectResultStore { ObjectResultStore(objects, assetId: "1.0") }
        _ = try await run(stage(fails: true, says: "hello"), store())
        #expect(try await objects.read("image.log")?.bytes == Array("hello\n".utf8))
        // Another machine goes on.
        _ = try await run(stage(fails: false, says: "well"), store())
        #expect(try await objects.read("image.log") == nil)
    }
}
