import BuildGraph
import Diagnostics
import JSON

/// A graph with what it takes to plan and run it.
struct GraphFixture {
    var stages: [any Stage]
    var store: any ResultStore
    var root = "/nowhere"
    var cachePath: String?
    var recovery: (any Recovery)?
    var realms: FakeRealms?
    let events = EventLog()

    init(_ stages: [any Stage], store: any ResultStore = MemoryResultStore()) {
        self.stages = stages
        self.store = store
    }

    static func record(_ stage: StageName = "ami", runId: String = "run-1") -> ResultRecord {
        ResultRecord(
            stage: stage, assetId: "1.0", status: .succeeded,
            run: RecordedRun(
                key: "k", inputs: [:], outputs: ["id": .string(runId)], startedAt: "",
                finishedAt: "", seconds: 0, runId: runId, tool: "t"))
    }

    static func lock(_ runId: String = "run-1") -> LockInfo {
        LockInfo(
            runId: runId, owner: "tester", host: "here", pid: 1,
            startedAt: "2026-11-23T18:00:00.000Z", command: "dssbatch run")
    }

    func graph() throws -> StageGraph { try StageGraph(stages) }

    func world() async throws -> RecordedWorld {
        let journal = try await Journal(store: store, runId: "plan", time: SystemTimeSource())
        let left = await journal.unfinished()
        var world = try await RecordedWorld.read(
            try graph(), store: store,
            digester: InputDigester(root: root, cachePath: cachePath), journal: left)
        try await world.compare(
            with: realms, try graph(), journal: left, location: store.location)
        return world
    }

    func plan(_ selection: Selection = Selection()) async throws -> Plan {
        Planner.plan(try graph(), try await world(), selection)
    }

    @discardableResult
    func run(
        _ selection: Selection = Selection(), _ change: (inout RunOptions) -> Void = { _ in }
    ) async throws -> RunSummary {
        var options = RunOptions(selection: selection)
        change(&options)
        return try await place().run(options)
    }

    func place() throws -> Workplace {
        Workplace(
            graph: try graph(), store: store,
            equipment: Equipment(
                digester: InputDigester(root: root, cachePath: cachePath), tool: "dssbatch test",
                time: SystemTimeSource(), lock: Self.lock(), recovery: recovery, realms: realms),
            onEvent: events.receive)
    }

    /// What variants work with below a folder.
    static func equipment(_ root: String) -> Equipment {
        Equipment(
            digester: InputDigester(root: root, cachePath: nil), tool: "test",
            time: SystemTimeSource(), lock: lock())
    }
}

extension Plan {
    /// `state stage` in order.
    var states: [String] { stages.map { "\($0.state.rawValue) \($0.name)" } }

    /// The reasons of a stage as text.
    func reasons(_ name: StageName) -> [String] { self[name]?.reasons.map(\.description) ?? [] }
}

extension RunSummary {
    /// `status stage` in topological order.
    var statuses: [String] { stages.map { "\($0.status.rawValue) \($0.name)" } }
}

/// What the tests' stages write into the journal.
enum FakeKind: String, JournalKind {
    case image = "ec2:image"
    case stack = "cloudformation:stack"
}
