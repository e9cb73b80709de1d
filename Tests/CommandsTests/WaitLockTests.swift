import BuildGraph
import Diagnostics
import Foundation
import Synchronization
import TestSupport
import Testing

@testable import Commands

@Suite struct WaitLockTests {
    /// A clock that stands, and by whose third sleep somebody gives a lock up.
    private final class YieldingClock: TimeSource {
        let clock = TestClock()
        private let holder: FolderResultStore?

        /// - Parameter holder: who gives up; nil where nobody does.
        init(_ holder: FolderResultStore? = nil) { self.holder = holder }

        func now() -> Date { clock.now() }
        func monotonicSeconds() -> Double { clock.monotonicSeconds() }
        func sleep(seconds: Double) async throws {
            try await clock.sleep(seconds: seconds)
            if clock.slept.count == 3 { await holder?.unlock() }
        }
    }

    private let bench: CommandBench
    private let lines = [
        "adopt": ["adopt", "MANIFEST", "source-ami", "--id", "ami-1"],
        "clean": ["clean", "MANIFEST", "--yes"],
        "collect": ["collect", "MATRIX"],
    ]

    init() throws {
        bench = try CommandBench()
        try bench.folder.write(
            "manifests/matrix.json",
            #"{"kind": "matrix", "base": "release.json", "variants": [{"assetId": "a"}]}"#)
    }

    /// Takes the lock that a command needs.
    private func hold(_ command: String) async throws -> FolderResultStore {
        let store = FolderResultStore(
            root: "\(bench.folder.path)/out", assetId: command == "collect" ? "matrix" : "1.0")
        let info = LockInfo(
            runId: "run-1", owner: "tester", host: "here", pid: 1,
            startedAt: "2026-11-23T18:00:00.000Z", command: "dssbatch run")
        try await store.lock(info, waitSeconds: 0)
        return store
    }

    private func run(
        _ command: String, _ options: [String], _ clock: YieldingClock
    ) async throws -> CommandBench.Outcome {
        let line = try #require(lines[command]).map {
            $0.replacing("MATRIX", with: "\(bench.folder.path)/manifests/matrix.json")
        }
        return await bench.run(line + options, time: clock)
    }

    @Test(arguments: ["adopt", "clean", "collect"])
    func `a lock that is not given up is waited for as long as was said`(
        command: String
    ) async throws {
        let holder = try await hold(command)
        let clock = YieldingClock()
        let outcome = try await run(command, ["--wait-lock", "30"], clock)
        #expect(outcome.status == .locked, "\(outcome.text)")
        #expect(outcome.error.contains("run `run-1` of `tester`"))
        #expect(clock.clock.slept.reduce(0, +) == 30)
        await holder.unlock()
    }

    @Test(arguments: ["adopt": 0.0, "clean": 0, "collect": 240])
    func `without the option a command waits as long as it ever did`(
        command: String, seconds: Double
    ) async throws {
        let holder = try await hold(command)
        let clock = YieldingClock()
        let outcome = try await run(command, [], clock)
        #expect(outcome.status == .locked, "\(outcome.text)")
        #expect(clock.clock.slept.reduce(0, +) == seconds)
        await holder.unlock()
    }

    @Test(arguments: ["adopt", "clean", "collect"])
    func `a lock that is given up meanwhile is taken`(command: String) async throws {
        let clock = YieldingClock(try await hold(command))
        let outcome = try await run(command, ["--wait-lock", "30"], clock)
        // What comes then is the same as where nobody ever held it.
        let plain = try await run(command, [], YieldingClock())
        #expect(clock.clock.slept.prefix(3) == [0.5, 0.5, 0.5])
        #expect(outcome.status != .locked)
        #expect(outcome.text == plain.text)
    }
}
