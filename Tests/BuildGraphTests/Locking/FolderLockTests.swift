import BuildGraph
import Diagnostics
import Foundation
import JSON
import TestSupport
import Testing

@Suite struct FolderLockTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func store() -> FolderResultStore {
        FolderResultStore(root: folder.path, assetId: "1.0")
    }

    @Test func `a second run is told who holds the lock and how to break it`() async throws {
        let first = store()
        try await first.lock(GraphFixture.lock("run-1"), waitSeconds: 0)
        #expect(try await store().lockHolder()?.runId == "run-1")
        let problem = await #expect(throws: Diagnostic.self) {
            try await store().lock(GraphFixture.lock("run-2"), waitSeconds: 0)
        }
        #expect(problem?.code == "results.locked")
        #expect(problem?.severity == .locked)
        let cause = problem?.causes.first ?? ""
        for word in ["run-1", "tester", "host `here`", "2026-11-23T18:00:00.000Z"] {
            #expect(cause.contains(word))
        }
        #expect(problem?.hint?.contains("dssbatch unlock MANIFEST --run-id run-1") == true)
        await first.unlock()
        #expect(try await store().lockHolder() == nil)
        try await store().lock(GraphFixture.lock("run-2"), waitSeconds: 0)
    }

    @Test func `waiting for the lock is bounded, and ends when it is free`() async throws {
        let first = store()
        try await first.lock(GraphFixture.lock("run-1"), waitSeconds: 0)
        let start = SystemTimeSource().monotonicSeconds()
        await #expect(throws: Diagnostic.self) {
            try await store().lock(GraphFixture.lock("run-2"), waitSeconds: 0.2)
        }
        let waited = SystemTimeSource().monotonicSeconds() - start
        #expect(waited >= 0.2)
        let second = store()
        async let waiting = second.lock(GraphFixture.lock("run-3"), waitSeconds: 600)
        await first.unlock()
        _ = try await waiting
        #expect(try await store().lockHolder()?.runId == "run-3")
    }

    @Test func `of many that ask at once exactly one gets it`() async throws {
        let stores = (0..<16).map { _ in store() }
        let taken = await withTaskGroup(of: Bool.self) { group in
            for (number, store) in stores.enumerated() {
                group.addTask {
                    do {
                        try await store.lock(GraphFixture.lock("run-\(number)"), waitSeconds: 0)
                        return true
                    } catch {
                        return false
                    }
                }
            }
            return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(taken == 1)
    }

    @Test func `a process that dies releases the lock`() async throws {
        try await store().lock(GraphFixture.lock("run-0"), waitSeconds: 0)
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/flock")
        process.arguments = ["-x", "\(folder.path)/1.0/.lock", "sleep", "3600"]
        try process.run()
        #expect(try await eventually(isLocked))
        await #expect(throws: Diagnostic.self) {
            try await store().lock(GraphFixture.lock("run-1"), waitSeconds: 0)
        }
        // Both the holder and its child have the file open; the group ends them together.
        let children = try String(
            contentsOfFile: "/proc/\(process.processIdentifier)/task/"
                + "\(process.processIdentifier)/children", encoding: .utf8)
        kill(process.processIdentifier, SIGKILL)
        for child in children.split(separator: " ") {
            if let id = Int32(child) { kill(id, SIGKILL) }
        }
        process.waitUntilExit()
        try await store().lock(GraphFixture.lock("run-2"), waitSeconds: 3600)
    }

    private func isLocked() async throws -> Bool {
        do {
            let asked = store()
            try await asked.lock(GraphFixture.lock("probe"), waitSeconds: 0)
            await asked.unlock()
            return false
        } catch let problem as Diagnostic {
            return problem.code == "results.locked"
        }
    }

    @Test func `breaking takes the lock from that run and no other`() async throws {
        try await LockContract.breaksOneRunsLock { store() }
    }

    @Test func `a run under a held lock starts nothing and leaves status 75's severity`()
        async throws
    {
        let first = store()
        try await first.lock(GraphFixture.lock("run-0"), waitSeconds: 0)
        let log = Log()
        var stage = FakeStage("ami")
        stage.body = { _ in
            log.add("ran")
            return "x"
        }
        let fixture = GraphFixture([stage], store: store())
        let problem = await #expect(throws: Diagnostic.self) { try await fixture.run() }
        #expect(problem?.severity == .locked)
        #expect(log.all.isEmpty)
        await first.unlock()
        #expect(try await fixture.run().status == .succeeded)
    }
}
