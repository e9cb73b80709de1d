package import Diagnostics
import JSON

/// Asks the stages of a plan what they would change.
package struct Previews: Sendable {
    private let graph: StageGraph
    private let store: any ResultStore
    private let digester: InputDigester
    private let tool: String
    private let lock: LockInfo
    private let time: any TimeSource
    private let events: EventSink

    /// Makes one; nothing is asked yet.
    ///
    /// - Parameters:
    ///   - graph: the pipeline.
    ///   - store: where results are; nothing is written there.
    ///   - digester: reads the stages' declared files.
    ///   - tool: what asks, such as `dssbatch 0.1.0`.
    ///   - lock: who asks; the lock is not taken.
    ///   - time: the clock.
    ///   - onEvent: told of every preview, in the plan's order, and of what could not be shown.
    package init(
        graph: StageGraph, store: any ResultStore, digester: InputDigester, tool: String,
        lock: LockInfo, time: any TimeSource, onEvent: @escaping @Sendable (RunEvent) -> Void
    ) {
        self.graph = graph
        self.store = store
        self.digester = digester
        self.tool = tool
        self.lock = lock
        self.time = time
        events = EventSink(time: time, receive: onEvent)
    }

    /// Asks every listed stage that will run.
    ///
    /// One that only may run is left out: what decides that is not known yet. A stage that cannot
    /// tell is warned of, and the plan stands without it.
    package func emit(of plan: Plan, _ world: RecordedWorld) async throws {
        let asked = graph.stages.indices.filter { number in
            plan.isListed[number] && plan.all[number].state == .run
        }
        guard !asked.isEmpty else { return }
        let setup = try await setup(plan, world)
        let answers = await withTaskGroup(of: (Int, Result<StagePreview?, Diagnostic>).self) {
            group in
            for number in asked { group.addTask { (number, await preview(number, setup)) } }
            var answers: [Int: Result<StagePreview?, Diagnostic>] = [:]
            for await (number, answer) in group { answers[number] = answer }
            return answers
        }
        try Task.checkCancellation()
        var warned: Set<String> = []
        for number in asked {
            switch answers[number] {
            case .success(let preview?):
                events.emit(.preview(preview), stage: graph.stages[number].name)
            case .failure(let problem):
                let text = ([problem.summary] + problem.causes).joined(separator: ": ")
                // Where nobody may ask at all, once is enough.
                guard warned.insert(problem.code + problem.summary).inserted else { continue }
                events.emit(
                    .warning("what would change cannot be shown: \(text)"),
                    stage: graph.stages[number].name)
            case .success(nil), nil: break
            }
        }
    }

    private func preview(
        _ number: Int, _ setup: RunSetup
    ) async -> Result<StagePreview?, Diagnostic> {
        let stage = graph.stages[number]
        let planned = setup.plan.all
        // What upstream stages give now; whoever of them has never run gives nothing.
        let upstream = UpstreamOutputs(
            graph.upstream[number].compactMap { other in
                planned[other].outputs.map { graph.stages[other].entry(outputs: $0) }
            })
        let open = Set(
            graph.upstream[number].filter { planned[$0].state != .fresh }
                .map { graph.stages[$0].name })
        do {
            let context = setup.context(stage, upstream: upstream, earlier: nil)
            return .success(try await stage.base.preview(context, open: open))
        } catch {
            return .failure(.from(error))
        }
    }

    private func setup(_ plan: Plan, _ world: RecordedWorld) async throws -> RunSetup {
        RunSetup(
            graph: graph, store: store, digester: digester, time: time, tool: tool,
            options: RunOptions(lock: lock),
            journal: try await Journal(store: store, runId: lock.runId, time: time),
            events: events, world: world, plan: plan)
    }
}
