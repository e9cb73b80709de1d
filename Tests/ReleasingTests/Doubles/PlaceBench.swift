import BuildGraph
import Synchronization
import TestSupport

@testable import Releasing

/// A workplace of stages that a test sets, with results in memory.
final class PlaceBench: Sendable {
    let timeline: Timeline
    let store: TimelineResults
    private let events = Mutex<[RunEvent]>([])

    private let realms: (any RealmSource)?

    /// - Parameter realms: whose results these may be; nil to compare nothing.
    init(_ timeline: Timeline, realms: (any RealmSource)? = nil) {
        self.realms = realms
        self.timeline = timeline
        store = TimelineResults(Timeline())
    }

    /// The workplace; several of one bench share their results.
    func place(_ stages: [PlainStage], runId: String = "run-1") throws -> Workplace {
        Workplace(
            graph: try StageGraph(stages), store: store,
            equipment: Equipment(
                digester: InputDigester(root: "/nowhere", cachePath: nil), tool: "test",
                time: TestClock(),
                lock: LockInfo(
                    runId: runId, owner: "o", host: "h", pid: 1, startedAt: "", command: "c"),
                realms: realms)
        ) { event in
            self.events.withLock { $0.append(event) }
        }
    }

    /// What was warned of.
    var warnings: [String] {
        events.withLock { events in
            events.compactMap { if case .warning(let text) = $0.kind { text } else { nil } }
        }
    }

    /// Runs stages to record them, of which the timeline tells nothing.
    func record(_ stages: [PlainStage], only: Set<StageName>? = nil) async throws {
        _ = try await place(stages).run(RunOptions(selection: Selection(only: only)))
    }
}
