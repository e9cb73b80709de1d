package import Diagnostics
import JSON

/// Asks every stage that will run for what would make it fail late, before any of them starts.
struct Preflight {
    let setup: RunSetup

    /// Runs the checks side by side.
    ///
    /// What is wrong here is wrong before anything was started: a configuration error, unless a
    /// service or network is in trouble, which is recorded as the stage's failure.
    ///
    /// - Returns: how the run ended; nil where it may begin.
    /// - Throws: the first configuration error; the others are told, and nothing is recorded.
    func run() async throws -> [RunSummary.Stage]? {
        // One that only may run is not asked: most often it turns out fresh.
        let listed = setup.graph.stages.indices.filter { number in
            setup.plan.isListed[number] && setup.plan.all[number].state == .run
        }
        let problems = await withTaskGroup(of: (Int, Diagnostic?).self) { group in
            for number in listed { group.addTask { (number, await check(number)) } }
            var found: [(number: Int, problem: Diagnostic)] = []
            for await (number, problem) in group {
                if let problem { found.append((number, problem)) }
            }
            return found.sorted { $0.number < $1.number }
        }
        if problems.isEmpty { return nil }
        if let first = problems.first(where: { $0.problem.severity != .failure }) {
            tell(problems.filter { $0.number != first.number }, besides: first.problem)
            throw first.problem
        }
        var ends: [RunSummary.Stage] = []
        for (number, problem) in problems { ends.append(await record(number, problem)) }
        return ends
    }

    private func check(_ number: Int) async -> Diagnostic? {
        let stage = setup.graph.stages[number]
        let context = setup.context(stage, upstream: UpstreamOutputs([]), earlier: nil)
        do {
            try await stage.preflight(context)
            return nil
        } catch {
            return Diagnostic.from(error).beforehand
        }
    }

    /// Tells what else is wrong, once where several stages find the same.
    private func tell(_ problems: [(number: Int, problem: Diagnostic)], besides first: Diagnostic) {
        var told: Set = [Self.gist(first)]
        for (number, problem) in problems
        where problem.severity != .interrupted && told.insert(Self.gist(problem)).inserted {
            setup.events.emit(.error(problem), stage: setup.graph.stages[number].name)
        }
    }

    /// An error without what differs from one call to the next.
    private static func gist(_ problem: Diagnostic) -> String {
        "\(problem.code) \(problem.summary) \(problem.location ?? "")"
    }

    private func record(_ number: Int, _ problem: Diagnostic) async -> RunSummary.Stage {
        let stage = setup.graph.stages[number]
        let run = setup.recorded(
            setup.plan.all[number].material, outputs: nil, startedAt: setup.time.now(), seconds: 0)
        let record = ResultRecord.failure(
            run, problem, of: stage.name, assetId: setup.store.assetId,
            after: setup.world.results[stage.name]?.record, identify: stage.identify)
        setup.events.emit(.error(problem), stage: stage.name)
        do {
            try await setup.store.save(record)
        } catch {
            setup.events.emit(
                .warning(
                    "the failure of stage `\(stage.name)` could not be recorded: "
                        + Diagnostic.from(error).summary), stage: stage.name)
        }
        setup.events.emit(.stageFinished(.failed, seconds: 0), stage: stage.name)
        return RunSummary.Stage(
            name: stage.name, status: .failed, seconds: 0, problem: problem, changedFiles: [])
    }
}

extension Diagnostic {
    /// It as what was wrong before anything was started: a configuration error, unless a service
    /// or the network is in trouble.
    package var beforehand: Diagnostic {
        guard severity == .failure, !isTrouble else { return self }
        var problem = self
        problem.severity = .configuration
        return problem
    }
}
