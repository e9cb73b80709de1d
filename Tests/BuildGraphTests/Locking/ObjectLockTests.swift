import Diagnostics
import Foundation
import Synchronization
import TestSupport
import Testing

@testable import BuildGraph

@Suite struct ObjectLockTests {
    private let objects = MemoryObjects()

    private func store() -> ObjectResultStore { ObjectResultStore(objects, assetId: "1.0") }

    private func info(_ runId: String, pid: Int, space: String?) -> LockInfo {
        LockInfo(
            runId: runId, owner: "tester", host: "here", pid: pid,
            startedAt: "2026-11-23T18:00:00.000Z", command: "dssbatch x", processSpace: space)
    }

    @Test func `a second run is told who holds the lock and when it was heard of`() async throws {
        let first = store()
        try await first.lock(GraphFixture.lock("run-1"), waitSeconds: 0)
        objects.age(".lock", seconds: 12)
        let problem = await #expect(throws: Diagnostic.self) {
            try await store().lock(GraphFixture.lock("run-2"), waitSeconds: 0)
        }
        #expect(problem?.code == "results.locked")
        #expect(problem?.severity == .locked)
        #expect(problem?.causes.first?.contains("`run-1` of `tester` on host `here`") == true)
        #expect(problem?.causes.last == "it was last heard of 12 s ago, so it lives")
        await first.unlock()
        #expect(try await store().lockHolder() == nil)
        #expect(objects.bytes(".lock") == nil)
    }

    @Test func `of many that ask at once exactly one gets it`() async throws {
        for _ in 0..<20 {
            let stores = (0..<8).map { _ in store() }
            let winners = await withTaskGroup(of: Bool.self) { group in
                for (number, store) in stores.enumerated() {
                    group.addTask {
                        do {
                            try await store.lock(
                                GraphFixture.lock("run-\(number)"), waitSeconds: 0)
                            return true
                        } catch {
                            return false
                        }
                    }
                }
                return await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
            }
            #expect(winners == 1)
            for store in stores { await store.unlock() }
        }
    }

    @Test func `a lock whose taking was answered by nobody is the run's own`() async throws {
        objects.loseAnswers(1)
        let run = store()
        await #expect(throws: Diagnostic.self) {
            try await run.lock(GraphFixture.lock("run-1"), waitSeconds: 0)
        }
        try await run.lock(GraphFixture.lock("run-1"), waitSeconds: 0)
        try await run.checkLock()
    }

    @Test func `the lock of a silent run is taken over, and that run notices`() async throws {
        let silent = store()
        try await silent.lock(GraphFixture.lock("run-1"), waitSeconds: 0)
        objects.age(".lock", seconds: LockLease.leaseSeconds + 1)
        let time = FewSleeps(1)
        let next = ObjectResultStore(objects, assetId: "1.0", time: time)
        let said = try await next.lock(GraphFixture.lock("run-2"), waitSeconds: 0)
        #expect(said?.contains("run-1") == true)
        // For what the dead run may have sent.
        #expect(time.slept.contains(1))
        let problem = await #expect(throws: Diagnostic.self) { try await silent.checkLock() }
        #expect(problem?.code == "results.lock-lost")
        await silent.unlock()
        #expect(try await store().lockHolder()?.runId == "run-2")
        try await next.checkLock()
    }

    @Test func `a run whose process is gone from this machine is dead at once`() throws {
        let gone = LockLease(holder: info("run-1", pid: 77, space: "boot ns"), ageSeconds: 1)
        #expect(gone.causeOfDeath(in: "boot ns", isRunning: { _ in false }) != nil)
        #expect(gone.causeOfDeath(in: "boot ns", isRunning: { _ in true }) == nil)
        #expect(gone.causeOfDeath(in: "boot other", isRunning: { _ in false }) == nil)
        #expect(gone.causeOfDeath(in: nil, isRunning: { _ in false }) == nil)
        let unknown = LockLease(holder: info("run-1", pid: 77, space: nil), ageSeconds: nil)
        #expect(unknown.causeOfDeath(in: nil, isRunning: { _ in false }) == nil)
        #expect(ProcessIdentity.space?.isEmpty == false)
    }

    @Test(arguments: [0.0, 29, 61, 179, 180]) func `a run that was heard of lives`(
        _ age: Double
    ) {
        let lease = LockLease(holder: info("run-1", pid: 1, space: nil), ageSeconds: age)
        #expect(lease.causeOfDeath(in: "x", isRunning: { _ in false }) == nil)
        #expect(lease.sign?.contains(age <= 60 ? "so it lives" : "may be dead") == true)
    }

    @Test func `breaking takes just that run's lock`() async throws {
        try await LockContract.breaksOneRunsLock { store() }
    }

    @Test func `a run that works gives signs of life`() async throws {
        // Its sleeps end at once, so that it beats all the time.
        let lock = ObjectLock(objects, time: TestClock())
        _ = try await lock.take(GraphFixture.lock("run-1"))
        let before = objects.bytes(".lock")
        #expect(try await eventually { objects.bytes(".lock") != before })
        try await lock.check()
        await lock.release()
        #expect(objects.bytes(".lock") == nil)
    }

    @Test func `a sign of life that nobody answered does not keep the lock from being given back`()
        async throws
    {
        let lock = ObjectLock(objects, time: FewSleeps(1))
        objects.loseAnswers(1, after: 1)
        _ = try await lock.take(GraphFixture.lock("run-1"))
        #expect(try await eventually { try await objects.read(".lock")?.version == "2" })
        try await lock.check()
        await lock.release()
        #expect(objects.bytes(".lock") == nil)
    }
}

/// A clock whose first sleeps end at once and whose later ones last until they are cancelled.
private final class FewSleeps: TimeSource {
    private let state: Mutex<(left: Int, slept: [Double])>

    init(_ count: Int) { state = Mutex((count, [])) }

    var slept: [Double] { state.withLock { $0.slept } }

    func now() -> Date { Date(timeIntervalSince1970: 1_790_000_000) }
    func monotonicSeconds() -> Double { 0 }

    func sleep(seconds: Double) async throws {
        let isShort = state.withLock { state in
            state.left -= 1
            state.slept.append(seconds)
            return state.left >= 0
        }
        if !isShort { try await Task.sleep(for: .seconds(3600)) }
    }
}
