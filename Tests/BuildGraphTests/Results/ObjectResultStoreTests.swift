import BuildGraph
import Diagnostics
import JSON
import TestSupport
import Testing

@Suite struct ObjectResultStoreTests {
    private let objects = MemoryObjects()

    private func store() -> ObjectResultStore { ObjectResultStore(objects, assetId: "1.0") }

    private func locked(_ runId: String) async throws -> ObjectResultStore {
        let store = store()
        try await store.lock(GraphFixture.lock(runId), waitSeconds: 0)
        return store
    }

    @Test func `what one store saves another one reads`() async throws {
        let first = try await locked("run-1")
        try await first.save(GraphFixture.record("ami"))
        try await first.save(GraphFixture.record("export-vhd"))
        try await first.writeFile("release.json", Array("{}".utf8))
        try await first.writeFile("ami.cdx.json", Array("{}".utf8))
        await first.unlock()
        let second = store()
        let all = try await second.loadAll()
        #expect(Set(all.keys) == ["ami", "export-vhd"])
        #expect(try await second.load("ami") == .record(GraphFixture.record("ami")))
        #expect(try await second.load("nothing") == nil)
        #expect(try await second.readFile("release.json") == Array("{}".utf8))
        #expect(try await second.lockHolder() == nil)
    }

    @Test func `a run that lost its lock overwrites nothing newer`() async throws {
        let old = try await locked("run-1")
        _ = try await old.loadAll()
        try await old.save(GraphFixture.record())
        try await store().breakLock(runId: "run-1")
        let new = try await locked("run-2")
        _ = try await new.loadAll()
        try await new.save(GraphFixture.record(runId: "run-2"))
        let problem = await #expect(throws: Diagnostic.self) {
            try await old.save(GraphFixture.record())
        }
        #expect(problem?.code == "results.lock-lost")
        #expect(try await store().load("ami")?.record?.run.runId == "run-2")
    }

    @Test func `a newer result stays even where the lock looks unbroken`() async throws {
        let holder = try await locked("run-1")
        _ = try await holder.loadAll()
        // Somebody who knows no lock.
        let stranger = store()
        _ = try await stranger.loadAll()
        try await stranger.save(GraphFixture.record(runId: "run-2"))
        let problem = await #expect(throws: Diagnostic.self) {
            try await holder.save(GraphFixture.record())
        }
        #expect(problem?.code == "results.lock-lost")
        #expect(problem?.causes.first?.contains("`ami.json`") == true)
        #expect(try await store().load("ami")?.record?.run.runId == "run-2")
    }

    @Test func `a write whose answer was lost is found when it is made again`() async throws {
        let holder = try await locked("run-1")
        objects.loseAnswers(1, of: "ami.json")
        let problem = await #expect(throws: Diagnostic.self) {
            try await holder.save(GraphFixture.record())
        }
        #expect(problem?.code == "results.unwritable")
        try await holder.save(GraphFixture.record())
        objects.loseAnswers(1, of: "ami.json")
        await #expect(throws: Diagnostic.self) {
            try await holder.save(GraphFixture.record(runId: "run-1b"))
        }
        try await holder.save(GraphFixture.record(runId: "run-1c"))
        #expect(try await store().load("ami")?.record?.run.runId == "run-1c")
    }

    @Test func `lines appended side by side are all there, in whole`() async throws {
        let holder = try await locked("run-1")
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<50 {
                group.addTask { try await holder.appendToJournal(Array("line \(number)".utf8)) }
            }
            try await group.waitForAll()
        }
        let lines = try await store().readJournal().split(separator: UInt8(ascii: "\n"))
        #expect(lines.count == 50)
        #expect(Set(lines.map { Array($0) }).count == 50)
        try await holder.replaceJournal(Array("short\n".utf8))
        try await holder.appendToJournal(Array("next".utf8))
        #expect(try await store().readJournal() == Array("short\nnext\n".utf8))
    }

    @Test func `a line is written though its run is cancelled`() async throws {
        let holder = try await locked("run-1")
        let task = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            try await holder.appendToJournal(Array("created".utf8))
        }
        try await task.value
        #expect(try await store().readJournal() == Array("created\n".utf8))
    }

    @Test func `a result that somebody removed is written anew`() async throws {
        let holder = try await locked("run-1")
        try await holder.save(GraphFixture.record())
        let version = try await objects.read("ami.json")?.version
        _ = try await objects.delete("ami.json", version: version ?? "")
        try await holder.save(GraphFixture.record())
        #expect(try await store().load("ami") == .record(GraphFixture.record()))
    }

    @Test func `what cannot be understood is said to be unreadable`() async throws {
        _ = try await objects.write("ami.json", Array("{".utf8), over: nil)
        guard case .unreadable = try await store().load("ami") else {
            Issue.record("a torn file was read")
            return
        }
    }
}
