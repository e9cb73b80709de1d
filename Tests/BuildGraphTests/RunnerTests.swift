import BuildGraph
import Diagnostics
import JSON
import Testing

/// A release in small: a looked-up image, a machine in two steps, an image, two exports.
private func release(_ log: Log, setting: JSONValue = "a") -> [FakeStage] {
    var source = FakeStage("source-ami")
    source.isLookup = true
    var instance = FakeStage("instance", needs: ["source-ami"], lifetime: .ephemeral)
    var install = FakeStage(
        "install", needs: ["instance"],
        inputs: [.setting(pointer: "/provision/variables", value: setting)], lifetime: .ephemeral)
    var ami = FakeStage("ami", needs: ["install"])
    var vhd = FakeStage("export-vhd", group: "export", needs: ["ami"])
    var vmdk = FakeStage("export-vmdk", group: "export", needs: ["ami"])
    for (stage, set) in [
        (source, { source = $0 }), (instance, { instance = $0 }), (install, { install = $0 }),
        (ami, { ami = $0 }), (vhd, { vhd = $0 }), (vmdk, { vmdk = $0 }),
    ] as [(FakeStage, (FakeStage) -> Void)] {
        var copy = stage
        copy.body = { _ in
            log.add("run \(stage.name)")
            return "made by \(stage.name)"
        }
        copy.down = { _ in log.add("down \(stage.name)") }
        set(copy)
    }
    return [source, instance, install, ami, vhd, vmdk]
}

@Suite struct RunnerTests {
    @Test func `a first run runs everything, a second one nothing`() async throws {
        let log = Log()
        let fixture = GraphFixture(release(log))
        let first = try await fixture.run()
        #expect(first.status == .succeeded)
        #expect(
            log.all.prefix(4)
                == ["run source-ami", "run instance", "run install", "run ami"])
        #expect(
            log.all.filter { $0.hasPrefix("down") } == ["down install", "down instance"])
        log.clear()
        let plan = try await fixture.plan()
        #expect(plan.isFresh)
        #expect(plan.stages.allSatisfy { $0.reasons.isEmpty })
        #expect(plan.stages.count == 6)
        let second = try await fixture.run()
        #expect(second.status == .succeeded)
        #expect(second.statuses.allSatisfy { $0.hasPrefix("fresh ") })
        #expect(log.all.isEmpty)
    }

    @Test func `machines are gone while the exports still run`() async throws {
        let log = Log()
        var stages = release(log)
        for place in [4, 5] {
            stages[place].body = { context in
                for _ in 0..<500 {
                    if log.all.contains("down instance") { return "exported" }
                    try await context.time.sleep(seconds: 0.01)
                }
                return "the machine outlived its consumer"
            }
        }
        let fixture = GraphFixture(stages)
        try await fixture.run()
        let plan = try await fixture.plan()
        #expect(plan["export-vhd"]?.outputs == ["value": "exported"])
    }

    @Test func `a changed setting of a machine reruns what is made with it, and only that`()
        async throws
    {
        let log = Log()
        var fixture = GraphFixture(release(log))
        try await fixture.run()
        log.clear()
        fixture.stages = release(log, setting: "b")
        let plan = try await fixture.plan()
        #expect(
            plan.states == [
                "fresh source-ami", "run instance", "run install", "run ami", "maybe export-vhd",
                "maybe export-vmdk",
            ])
        #expect(
            plan.reasons("ami") == [#"setting /provision/variables changed: "a" -> "b""#])
        #expect(
            plan.reasons("export-vhd") == ["stage ami changed, if its outputs come out different"])
        #expect(plan.reasons("install") == ["needed by ami"])
        let summary = try await fixture.run()
        // The image came out the same, so the exports did not run: early cutoff.
        #expect(
            log.all == ["run instance", "run install", "run ami", "down install", "down instance"])
        #expect(summary.statuses.suffix(2) == ["fresh export-vhd", "fresh export-vmdk"])
        #expect(summary.status == .succeeded)
        #expect(try await fixture.plan().isFresh)
    }

    @Test func `asking again with the same answer leaves everything fresh`() async throws {
        let log = Log()
        let fixture = GraphFixture(release(log))
        try await fixture.run()
        log.clear()
        let refresh = Selection(refresh: true)
        let plan = try await fixture.plan(refresh)
        #expect(plan.reasons("source-ami") == ["asked again (--refresh)"])
        #expect(plan.names(.maybe) == ["instance", "install", "ami", "export-vhd", "export-vmdk"])
        let summary = try await fixture.run(refresh)
        #expect(log.all == ["run source-ami"])
        #expect(summary.statuses.filter { $0.hasPrefix("fresh") }.count == 5)
    }

    @Test func `only the exports run where the image is fresh`() async throws {
        let log = Log()
        let fixture = GraphFixture(release(log))
        try await fixture.run()
        log.clear()
        let only = try Selection(
            only: ["export"], force: ["export-*"], skip: [], in: fixture.graph())
        try await fixture.run(only)
        #expect(Set(log.all) == ["run export-vhd", "run export-vmdk"])
    }

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
                resource: "cloudformation:stack", region: "eu-central-1", name: "EC2-1")
            try await context.journal.created(entry, id: "arn:stack")
            return "up"
        }
        stages[3].body = { _ in throw Diagnostic(code: "aws.No", summary: "no") }
        let fixture = GraphFixture(stages)
        let summary = try await fixture.run { $0.onError = .keep }
        #expect(!log.all.contains { $0.hasPrefix("down") })
        #expect(summary.leftovers.map(\.id) == ["arn:stack"])
        #expect(fixture.events.warnings.contains { $0.contains("`arn:stack` in eu-central-1") })
        #expect(fixture.events.warnings.contains { $0.contains("dssbatch clean") })
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
        slow.body = { context in
            try await context.time.sleep(seconds: 0.1)
            log.add("slow")
            return "slow"
        }
        var later = FakeStage("later", needs: ["slow"])
        later.body = { _ in
            log.add("later")
            return "later"
        }
        let fixture = GraphFixture([bad, slow, later, FakeStage("behind", needs: ["bad"])])
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
            try await context.time.sleep(seconds: 60)
            return "too late"
        }
        stages[1].down = { context in
            try await context.time.sleep(seconds: 0.05)
            log.add("down instance")
        }
        let fixture = GraphFixture(stages)
        let task = Task { try await fixture.run() }
        while !log.all.contains("begin ami") { try await Task.sleep(for: .milliseconds(5)) }
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

    @Test func `a change taken back is fresh again, unless its outputs were overwritten`()
        async throws
    {
        func stages(_ setting: JSONValue, identityLength: Int?) -> [FakeStage] {
            var stage = FakeStage("export", inputs: [.setting(pointer: "/prefix", value: setting)])
            stage.body = { _ in "key-\(setting.compactText)" }
            stage.identityLength = identityLength
            return [stage]
        }
        var fixture = GraphFixture(stages("a", identityLength: nil))
        try await fixture.run()
        fixture.stages = stages("b", identityLength: nil)
        try await fixture.run()
        fixture.stages = stages("a", identityLength: nil)
        let plan = try await fixture.plan()
        #expect(plan.isFresh)
        #expect(plan["export"]?.outputs == ["value": #"key-"a""#])
        try await fixture.run()
        let record = try await fixture.store.load("export")?.record
        #expect(record?.run.outputs == ["value": #"key-"a""#])
        #expect(record?.history.map(\.outputs) == [["value": #"key-"b""#]])

        var overwritten = GraphFixture(stages("a", identityLength: 3))
        try await overwritten.run()
        overwritten.stages = stages("b", identityLength: 3)
        try await overwritten.run()
        overwritten.stages = stages("a", identityLength: 3)
        #expect(
            try await overwritten.plan().reasons("export")
                == [#"setting /prefix changed: "b" -> "a""#])
    }

    @Test func `pools bound how many stages run at once`() async throws {
        let log = Log()
        let stages = (0..<4).map { number in
            var stage = FakeStage(StageName(rawValue: "s\(number)"))
            stage.pool = "api"
            stage.body = { context in
                log.add("+")
                try await context.time.sleep(seconds: 0.02)
                log.add("-")
                return "x"
            }
            return stage
        }
        try await GraphFixture(stages).run()
        #expect(log.all.joined() == "+-+-+-+-")
    }

    @Test func `a machine forced with nothing behind it comes up and goes down`() async throws {
        let log = Log()
        let fixture = GraphFixture(release(log))
        try await fixture.run()
        log.clear()
        let selection = Selection(only: ["install"], force: ["install"])
        #expect(
            try await fixture.plan(selection).states == ["run instance", "run install"])
        let summary = try await fixture.run(selection)
        #expect(log.all == ["run instance", "run install", "down install", "down instance"])
        #expect(summary.status == .succeeded)
    }
}

private struct LoggingRecovery: Recovery {
    let log: Log

    func recover(
        _ entries: [JournalEntry], journal: Journal, willRun: Set<StageName>,
        warn: @escaping @Sendable (String) -> Void
    ) async throws {
        for entry in entries {
            log.add("recover \(entry.stage)")
            try await journal.gone(entry.entry)
        }
    }
}
