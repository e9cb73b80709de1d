import BuildGraph
import Diagnostics
import JSON
import TestSupport
import Testing

@Suite struct ReplacedTests {
    /// As a stage sees it: the thing's name in its outputs.
    private static let identify: ResultRecord.Identify = { $0["id"]?.stringValue }

    private static func run(_ key: String, makes id: String?) -> RecordedRun {
        RecordedRun(
            key: key, inputs: [:], outputs: id.map { ["id": .string($0)] }, startedAt: "",
            finishedAt: "2026-01-01T00:00:00.000Z", seconds: 0, runId: "run-\(key)", tool: "t",
            identity: id)
    }

    private static func ids(_ runs: [RecordedRun]) -> [String] {
        runs.compactMap { $0.outputs.flatMap(identify) }
    }

    private static func success(
        _ key: String, _ id: String, _ record: ResultRecord?
    ) -> ResultRecord {
        .success(
            run(key, makes: id), of: "ami", assetId: "1.0", after: record, identify: identify)
    }

    private static func failure(_ key: String, _ record: ResultRecord?) -> ResultRecord {
        .failure(
            run(key, makes: nil), Diagnostic(code: "test", summary: "no"), of: "ami",
            assetId: "1.0", after: record, identify: identify)
    }

    @Test func `what is replaced is listed, the newest first, also behind failures`() {
        var record = Self.success("a", "ami-1", nil)
        record = Self.success("b", "ami-2", record)
        record = Self.failure("c", record)
        #expect(Self.ids(record.replaced) == ["ami-1"])
        #expect(record.lastGood?.key == "b")
        record = Self.failure("d", record)
        record = Self.success("d", "ami-3", record)
        #expect(Self.ids(record.replaced) == ["ami-2", "ami-1"])
        #expect(record.replaced.map(\.runId) == ["run-b", "run-a"])
        #expect(record.history.isEmpty)
    }

    @Test func `a change taken back lists what it replaced`() throws {
        var record = Self.success("a", "ami-1", nil)
        record = Self.success("b", "ami-2", record)
        record = try #require(record.promoting(key: "a", identify: Self.identify))
        #expect(record.run.key == "a")
        #expect(Self.ids(record.replaced) == ["ami-2"])
    }

    @Test func `things whose names differ in normal form are two things`() {
        let one = Self.success("a", "bucket/\u{E9}.vmdk", nil)
        let both = Self.success("b", "bucket/e\u{301}.vmdk", one)
        #expect(both.replaced.map(\.key) == ["a"])
        #expect(both.history.map(\.key) == ["a"])
    }

    @Test func `the same thing recorded again replaces nothing`() {
        var record = Self.success("a", "ami-1", nil)
        record.run.identity = "eu-central-1/name"
        record = Self.success("a", "ami-1", record)
        #expect(record.replaced.isEmpty && record.history.isEmpty)
    }

    @Test func `a file of before, without what is replaced, lists what its history holds`() {
        var record = Self.success("b", "ami-2", nil)
        record.history = [Self.run("a", makes: "ami-1")]
        #expect(Self.ids(Self.failure("c", record).replaced) == ["ami-1"])
        #expect(Self.ids(Self.success("c", "ami-3", record).replaced) == ["ami-2", "ami-1"])
    }

    @Test(arguments: 0..<200)
    func `nothing that was made is ever forgotten, and no more than needed is listed`(seed: Int)
        throws
    {
        var random = SeededGenerator(seed: UInt64(seed))
        var record: ResultRecord?
        var made: Set<String> = []
        for number in 0..<40 {
            let key = "k\(Int.random(in: 0..<9, using: &random))"
            switch Int.random(in: 0..<6, using: &random) {
            case 0: record = Self.failure(key, record)
            case 1:
                if let back = record?.promoting(key: key, identify: Self.identify) { record = back }
            case 2:
                // Another attempt finds the thing that is there already.
                guard let id = record?.lastGood?.outputs.flatMap(Self.identify) else { continue }
                record = Self.success(key, id, record)
            default:
                made.insert("ami-\(number)")
                record = Self.success(key, "ami-\(number)", record)
            }
            if let known = record { record = try ResultRecord(json: known.json) }
            let current: String? = record?.lastGood?.outputs.flatMap(Self.identify)
            let replaced = Self.ids(record?.replaced ?? [])
            let all = Set(replaced + [current].compactMap { $0 })
            #expect(all == made)
            #expect(Set(replaced).count == replaced.count)
            #expect(!replaced.contains { $0 == current })
            let history = Set(Self.ids(record?.history ?? []))
            #expect(history.isSubset(of: replaced))
        }
    }

    @Test func `what a crash left open in the journal and a result names is an output`()
        async throws
    {
        let store = MemoryResultStore()
        let journal = try await Journal(store: store, runId: "run-a", time: SystemTimeSource())
        for (stage, name) in [("ami", "ami-1"), ("ami", "ami-9"), ("other", "ami-1")] {
            let entry = try await journal.intend(
                stage: StageName(rawValue: stage), resource: "ec2:image", region: "r", name: "n",
                token: nil, details: [:])
            try await journal.created(entry, id: name)
        }
        let record = Self.success("a", "ami-1", nil)
        let next = try await Journal(store: store, runId: "run-z", time: SystemTimeSource())
        try await next.endRecorded(by: ["ami": .record(record)])
        #expect(
            await next.unfinished().map { "\($0.stage) \($0.id ?? "")" } == ["ami ami-9"])
    }
}
