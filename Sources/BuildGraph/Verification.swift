package import Diagnostics
import JSON

/// Asks the world whether the outputs that a plan takes for fresh still exist.
package struct Verification: Sendable {
    private static let concurrency = 16

    private let graph: StageGraph
    private let store: any ResultStore
    private let journal: Journal
    private let time: any TimeSource
    private let runId: String
    private let events: EventSink

    /// Makes one; nothing is asked yet.
    package init(
        graph: StageGraph, store: any ResultStore, journal: Journal, time: any TimeSource,
        runId: String, events: EventSink
    ) {
        self.graph = graph
        self.store = store
        self.journal = journal
        self.time = time
        self.runId = runId
        self.events = events
    }

    /// What is gone, by stage, ready for `RecordedWorld.missing`.
    ///
    /// - Throws: what a stage throws whose question could not be answered.
    package func missing(in plan: Plan) async throws -> [StageName: String] {
        let asked = plan.stages.filter {
            $0.lifetime == .durable && $0.state != .run && $0.outputs != nil
        }
        return try await withThrowingTaskGroup(of: (StageName, Existence).self) { group in
            var missing: [StageName: String] = [:]
            var waiting = asked.makeIterator()
            for _ in 0..<Self.concurrency {
                if let next = waiting.next() { group.addTask { try await verify(next) } }
            }
            while let (name, existence) = try await group.next() {
                if case .missing(let what) = existence { missing[name] = what }
                if let next = waiting.next() { group.addTask { try await verify(next) } }
            }
            return missing
        }
    }

    private func verify(_ planned: PlannedStage) async throws -> (StageName, Existence) {
        guard let stage = graph[planned.name], let outputs = planned.outputs else {
            return (planned.name, .exists)
        }
        let events = events
        let context = StageContext(
            stage: stage.name, assetId: store.assetId, runId: runId, time: time, results: store,
            previousSeconds: planned.expectedSeconds,
            journal: StageJournal(stage: stage.name, journal: journal),
            localSlots: SlotPool(slots: 1), upstreamOutputs: UpstreamOutputs([]),
            previousOutputs: outputs,
            progress: { percent, message in
                events.emit(.stageProgress(percent: percent, message: message), stage: stage.name)
            },
            warn: { events.emit(.warning($0), stage: stage.name) })
        return (stage.name, try await stage.verify(outputs, context))
    }
}
