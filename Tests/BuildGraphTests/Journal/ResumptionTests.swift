import BuildGraph
import Diagnostics
import JSON
import Testing

@Suite struct ResumptionTests {
    /// A release whose run breaks off after it began its image, and what comes back to it.
    private struct Interrupted {
        let log = Log()
        let store = MemoryResultStore()
        let recovery: ListingRecovery
        var fixture: GraphFixture

        /// Lets a first run die while its image is pending and its machine stands.
        init() async throws {
            recovery = ListingRecovery(log)
            var stages = release(log)
            stages[1].body = { context in
                _ = try await context.journal.intend(
                    FakeKind.stack, region: "eu-central-1", name: "EC2-1")
                return "made by instance"
            }
            stages[3].body = { context in
                let entry = try await context.journal.intend(
                    FakeKind.image, region: "eu-central-1", name: "sandbox")
                try await context.journal.created(entry, id: "ami-1")
                throw Diagnostic(code: "test.crash", summary: "the power went")
            }
            fixture = GraphFixture(stages, store: store)
            try await fixture.run { $0.onError = .keep }
            fixture.recovery = recovery
            fixture.stages = Self.second(log)
            log.clear()
        }

        /// The stages of the run that comes after; `ami` resumes what has its own key.
        static func second(
            _ log: Log, setting: JSONValue = "a", failing isFailing: Bool = false
        ) -> [FakeStage] {
            var stages = release(log, setting: setting)
            stages[3].resumes = { context in
                log.add("ask ami")
                return await !context.journal.resumable(of: FakeKind.image).isEmpty
            }
            stages[3].body = { context in
                let begun = await context.journal.resumable(of: FakeKind.image)
                log.add(begun.isEmpty ? "create ami" : "resume \(begun.compactMap(\.id))")
                for entry in await context.journal.unfinished(of: FakeKind.image) {
                    if isFailing && !begun.isEmpty {
                        try await context.journal.gone(entry.entry)
                        throw Diagnostic(code: "ami.failed", summary: "it failed after all")
                    }
                    try await context.journal.kept(entry.entry)
                }
                return "image"
            }
            return stages
        }

        func unfinished() async throws -> [String] {
            let journal = try await Journal(store: store, runId: "look", time: SystemTimeSource())
            return await journal.unfinished().map { "\($0.stage) \($0.resource)" }
        }
    }

    @Test func `an image that is begun is finished without a second machine`() async throws {
        let interrupted = try await Interrupted()
        let summary = try await interrupted.fixture.run()
        #expect(summary.status == .succeeded)
        let log = interrupted.log.all
        #expect(
            log.prefix(3) == [#"ask ami"#, #"resume ["ami-1"]"#, "recover instance EC2-1"])
        #expect(Set(log.dropFirst(3)) == ["run export-vhd", "run export-vmdk"])
        #expect(summary["ami"]?.status == .fresh)
        #expect(
            try await interrupted.store.load("ami")?.record?.run.outputs == ["value": "image"])
        #expect(try await interrupted.unfinished().isEmpty)
        #expect(try await interrupted.fixture.plan().isFresh)
    }

    @Test func `a resumed stage is started once, and its machine never`() async throws {
        let interrupted = try await Interrupted()
        let before = interrupted.fixture.events.all.count
        try await interrupted.fixture.run()
        let names = interrupted.fixture.events.all.dropFirst(before).map { event in
            "\(event.kind.name) \(event.stage?.rawValue ?? "")"
        }
        #expect(names.count { $0 == "stage-started ami" } == 1)
        #expect(!names.contains("stage-started instance"))
    }

    @Test func `what was begun of other inputs is not resumed`() async throws {
        var interrupted = try await Interrupted()
        interrupted.fixture.stages = Interrupted.second(interrupted.log, setting: "b")
        #expect(try await interrupted.fixture.run().status == .succeeded)
        #expect(
            interrupted.log.all.prefix(4)
                == ["ask ami", "run instance", "run install", "create ami"])
        #expect(!interrupted.log.all.contains { $0.hasPrefix("recover ami") })
    }

    @Test func `a forced stage is not resumed`() async throws {
        let interrupted = try await Interrupted()
        #expect(try await interrupted.fixture.run(Selection(force: ["ami"])).status == .succeeded)
        #expect(!interrupted.log.all.contains("ask ami"))
        #expect(interrupted.log.all.prefix(2) == ["run instance", "run install"])
    }

    @Test func `a stage that is skipped is neither asked nor resumed`() async throws {
        let interrupted = try await Interrupted()
        try await interrupted.fixture.run(Selection(only: ["source-ami"]))
        #expect(!interrupted.log.all.contains("ask ami"))
        #expect(interrupted.log.all.sorted() == ["recover ami sandbox", "recover instance EC2-1"])
    }

    @Test func `where finishing fails the stage runs from the beginning`() async throws {
        var interrupted = try await Interrupted()
        interrupted.fixture.stages = Interrupted.second(interrupted.log, failing: true)
        let summary = try await interrupted.fixture.run()
        #expect(summary.status == .succeeded)
        #expect(
            interrupted.log.all.prefix(5) == [
                "ask ami", #"resume ["ami-1"]"#, "run instance", "run install", "create ami",
            ])
        // The machine's own stage runs and settles its entries by itself.
        #expect(!interrupted.log.all.contains { $0.hasPrefix("recover") })
        #expect(summary["ami"]?.status == .succeeded)
    }

    @Test func `a world that does not answer ends the run before anything starts`() async throws {
        var interrupted = try await Interrupted()
        var stages = Interrupted.second(interrupted.log)
        stages[3].resumes = { _ in throw Diagnostic(code: "aws.unreachable", summary: "no net") }
        interrupted.fixture.stages = stages
        let fixture = interrupted.fixture
        let error = await #expect(throws: Diagnostic.self) { try await fixture.run() }
        #expect(error?.code == "aws.unreachable")
        #expect(interrupted.log.all.isEmpty)
        #expect(try await interrupted.unfinished().count == 2)
    }
}

/// Writes down what it shall remove, and ends it.
private struct ListingRecovery: Recovery {
    let log: Log

    init(_ log: Log) { self.log = log }

    func endStrayProcesses() async throws {}

    func recover(
        _ entries: [JournalEntry], journal: Journal, willRun: Set<StageName>, isLast: Bool,
        warn: @escaping @Sendable (String) -> Void
    ) async throws {
        for entry in entries {
            log.add("recover \(entry.stage) \(entry.name ?? "")")
            try await journal.gone(entry.entry)
        }
    }
}
