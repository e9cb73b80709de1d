import BuildGraph
import Diagnostics
import Testing

/// What holds of the lock of results wherever they are.
enum LockContract {
    /// Breaking takes the lock from one run and no other, and that run notices.
    ///
    /// - Parameter store: another store of the same results at each call.
    static func breaksOneRunsLock<S: ResultStore>(_ store: () -> S) async throws {
        let record = GraphFixture.record()
        let none = await #expect(throws: Diagnostic.self) {
            try await store().breakLock(runId: "run-1")
        }
        #expect(none?.code == "results.not-locked")
        let first = store()
        try await first.lock(GraphFixture.lock("run-1"), waitSeconds: 0)
        let other = await #expect(throws: Diagnostic.self) {
            try await store().breakLock(runId: "run-2")
        }
        #expect(other?.code == "results.locked-by-other")
        try await first.checkLock()
        #expect(try await store().breakLock(runId: "run-1") != nil)
        let second = store()
        try await second.lock(GraphFixture.lock("run-2"), waitSeconds: 0)
        // The broken run finds out before it writes anything more.
        let lost = await #expect(throws: Diagnostic.self) { try await first.save(record) }
        #expect(lost?.code == "results.lock-lost")
        #expect(try await first.load(record.stage) == nil)
        let journal = try await Journal(store: first, runId: "run-1", time: SystemTimeSource())
        await #expect(throws: Diagnostic.self) {
            try await journal.intend(
                stage: "ami", resource: "ec2:image", region: "r", name: nil, token: nil,
                details: [:])
        }
        // Its end does not disturb the one that holds the lock now.
        await first.unlock()
        #expect(try await store().lockHolder()?.runId == "run-2")
        try await second.save(record)
    }
}
