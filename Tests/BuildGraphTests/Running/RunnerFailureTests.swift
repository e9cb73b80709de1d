import BuildGraph
import Diagnostics
import JSON
import TestSupport
import Testing

@Suite struct RunnerFailureTests {
    @Test func `a failed stage is recorded, stops its dependents and loses its machines`()
        async throws
    {
        let log = Log()
        var stages = release(log)
        stages[2].body = { _ in
            throw Diagnostic(code: "ansible.failed", summary: "no luck", hint: "try again")
        }
        var fixture = GraphFixture(stages)
        let summary = try await fixture.run()
        #expect(summary.status == .failed)
        #expect(
            summary.statuses == [
                "succeeded source-ami", "succeeded instance", "failed install", "blocked ami",
                "blocked export-vhd", "blocked export-vmdk",
            ])
        #expect(log.all == ["run source-ami", "run instance", "down install", "down instance"])
        let record = try await fixture.store.load("install")?.record
        #expect(record?.status == .failed)
        #expect(
            record?.error
                == RecordedError(code: "ansible.failed", message: "no luck", hint: "try again"))
        #expect(
            try await fixture.plan().reasons("install") == ["failed last time", "needed by ami"])
        log.clear()
        fixture.stages = release(log)
        #expect(try await fixture.run().status == .succeeded)
        #expect(!log.all.contains("run source-ami"))
    }

    @Test func `keep leaves a failed machine standing and says how to remove it`() async throws {
        let log = Log()
        var stages = release(log)
        stages[1].body = { context in
            let entry = try await context.journal.intend(
                FakeKind.stack, region: "eu-central-1", name: "EC2-1")
            try await context.journal.created(entry, id: "arn:stack")
            return "up"
        }
        stages[3].body = { _ in throw Diagnostic(code: "aws.No", summary: "no") }
        let fixture = GraphFixture(stages)
        let summary = try await fixture.run { $0.onError = .keep }
        #expect(!log.all.contains { $0.hasPrefix("down") })
        #expect(summary.leftovers.map(\.id) == ["arn:stack"])
        #expect(fixture.events.warnings.contains { $0.contains("`arn:stack` in eu-central-1") })
        #expect(fixture.events.warnings.contains { $0.contains("the next run") })
        #expect(fixture.events.names.contains("resource-created instance"))
    }

    @Test(arguments: [true, false])
    func `ask asks once whether machines are kept`(isKept: Bool) async throws {
        let log = Log()
        var stages = release(log)
        stages[3].body = { _ in throw Diagnostic(code: "aws.No", summary: "no") }
        let fixture = GraphFixture(stages)
        try await fixture.run {
            $0.onError = .ask { stage in
                log.add("ask \(stage)")
                return isKept
            }
        }
        let asked = log.all.filter { !$0.hasPrefix("run") }
        #expect(
            asked == (isKept ? ["ask install"] : ["ask install", "down install", "down instance"]))
    }

    @Test(arguments: [true, false])
    func `after a failure nothing new starts, unless told to keep going`(keepGoing: Bool)
        async throws
    {
        let log = Log()
        var bad = FakeStage("bad")
        bad.body = { _ in throw Diagnostic(code: "x.y", summary: "no") }
        var slow = FakeStage("slow")
        var fixture = GraphFixture([])
        let events = fixture.events
        slow.body = { _ in
            // What the run decides on after the failure, and nothing before.
            try #require(
                try await eventually {
                    events.warnings.contains { $0.contains("no other stage starts") }
                        || events.names.contains("stage-finished behind")
                })
            log.add("slow")
            return "slow"
        }
        var later = FakeStage("later", needs: ["slow"])
        later.body = { _ in
            log.add("later")
            return "later"
        }
        fixture.stages = [bad, slow, later, FakeStage("behind", needs: ["bad"])]
        let summary = try await fixture.run { $0.keepGoing = keepGoing }
        #expect(log.all == (keepGoing ? ["slow", "later"] : ["slow"]))
        #expect(summary["behind"]?.status == .blocked)
        #expect(summary["later"]?.status == (keepGoing ? .succeeded : .cancelled))
        #expect(
            fixture.events.warnings.contains { $0.contains("no other stage starts") } != keepGoing)
    }

    @Test func `cancelling ends running stages and takes their machines down`() async throws {
        let log = Log()
        var stages = release(log)
        stages[3].body = { context in
            log.add("begin ami")
            try await context.time.sleep(seconds: 3600)
            return "too late"
        }
        stages[1].down = { context in
            try await context.time.sleep(seconds: 0.05)
            log.add("down instance")
        }
        let fixture = GraphFixture(stages)
        let task = Task { try await fixture.run() }
        #expect(try await eventually { log.all.contains("begin ami") })
        task.cancel()
        let summary = try await task.value
        #expect(summary.status == .interrupted)
        #expect(summary["ami"]?.status == .cancelled)
        #expect(summary["export-vhd"]?.status == .cancelled)
        #expect(log.all.suffix(2) == ["down install", "down instance"])
        #expect(try await fixture.store.load("ami")?.record?.error?.code == "run.interrupted")
        #expect(try await fixture.plan().reasons("ami") == ["failed last time"])
    }

    @Test func `a stage adopts what an interrupted run began, and the rest is recovered`()
        async throws
    {
        let log = Log()
        let store = MemoryResultStore()
        let crashed = try await Journal(store: store, runId: "run-0", time: SystemTimeSource())
        let image = try await crashed.intend(
            stage: "ami", resource: "ec2:image", region: "r", name: "n", token: nil, details: [:])
        try await crashed.created(image, id: "ami-7")
        _ = try await crashed.intend(
            stage: "other", resource: "s3:object", region: "r", name: "k", token: nil, details: [:])
        var ami = FakeStage("ami")
        ami.body = { context in
            let left = await context.journal.unfinished()
            log.add("adopts \(left.compactMap(\.id))")
            for entry in left { try await context.journal.kept(entry.entry) }
            return "ami-7"
        }
        var fixture = GraphFixture([ami], store: store)
        fixture.recovery = LoggingRecovery(log: log)
        #expect(try await fixture.plan().reasons("ami") == ["never ran"])
        try await fixture.run()
        #expect(log.all == ["recover other", #"adopts ["ami-7"]"#])
        let after = try await Journal(store: store, runId: "run-2", time: SystemTimeSource())
        #expect(await after.unfinished().isEmpty)
    }

    @Test func `what a crash left of a stage that does not run now makes its result stale`()
        async throws
    {
        let log = Log()
        var fixture = GraphFixture([FakeStage("a"), FakeStage("b")])
        fixture.recovery = LoggingRecovery(log: log)
        try await fixture.run()
        let crashed = try await Journal(
            store: fixture.store, runId: "run-0", time: SystemTimeSource())
        _ = try await crashed.intend(
            stage: "a", resource: "ec2:image", region: "r", name: "n", token: nil, details: [:])
        #expect(try await fixture.plan().reasons("a") == ["interrupted last time"])
        try await fixture.run(Selection(only: ["b"]))
        #expect(log.all == ["recover a"])
        #expect(try await fixture.plan().reasons("a") == ["failed last time"])
        #expect(try await fixture.plan()["a"]?.outputs == ["value": "made"])
    }

    @Test func `a result that cannot be saved fails the stage and takes the machines down`()
        async throws
    {
        let log = Log()
        let store = MemoryResultStore()
        var stages = release(log)
        stages[3].body = { _ in
            await store.failSaving(
                Diagnostic(code: "results.disk-full", summary: "no room", hint: "make room"))
            return "image"
        }
        let summary = try await GraphFixture(stages, store: store).run()
        #expect(summary["ami"]?.problem?.code == "results.disk-full")
        #expect(summary["ami"]?.status == .failed)
        #expect(log.all.suffix(2) == ["down install", "down instance"])
    }

    @Test func `a broken lock stops the run`() async throws {
        let log = Log()
        let store = MemoryResultStore()
        var stages = release(log)
        stages[3].body = { _ in
            await store.breakLock(runId: "run-1")
            return "image"
        }
        let summary = try await GraphFixture(stages, store: store).run()
        #expect(summary.status == .failed)
        #expect(summary["ami"]?.problem?.code == "results.lock-lost")
        #expect(!log.all.contains("run export-vhd"))
        #expect(log.all.contains("down instance"))
    }
}

private struct LoggingRecovery: Recovery {
    let log: Log

    func endStrayProcesses() async throws {}

    func recover(
        _ entries: [JournalEntry], journal: Journal, willRun: Set<StageName>, isLast: Bool,
        warn: @escaping @Sendable (String) -> Void
    ) async throws {
        for entry in entries {
            log.add("recover \(entry.stage)")
            try await journal.gone(entry.entry)
        }
    }
}
