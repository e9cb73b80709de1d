import Diagnostics
import JSON

extension Workplace {
    /// Asks every listed stage of a plan that will run what it would change; the lock is not taken.
    ///
    /// One that only may run is left out: what decides that is not known yet. A stage that cannot
    /// tell is warned of, and the plan stands without it.
    package func preview(_ plan: Plan, _ world: RecordedWorld) async throws {
        let asked = graph.stages.indices.filter { number in
            plan.isListed[number] && plan.all[number].state == .run
        }
        guard !asked.isEmpty else { return }
        let setup = RunSetup(
            place: self, options: RunOptions(), journal: try await journal(), world: world,
            plan: plan)
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
        let upstream = graph.upstreamOutputs(of: number) { planned[$0].outputs }
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
}
