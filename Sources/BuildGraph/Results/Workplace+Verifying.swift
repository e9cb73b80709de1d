import Diagnostics
import JSON

/// `--verify`: asks the world whether the outputs that a plan takes for fresh still exist.
extension Workplace {
    private static let questionsAtOnce = 16

    /// What is gone, by stage, ready for `RecordedWorld.missing`.
    ///
    /// Asked are the listed stages, and those whose recorded outputs a stage that runs will read:
    /// whatever is found gone will run too, and so on.
    ///
    /// - Throws: what a stage throws whose question could not be answered.
    package func missing(
        in plan: Plan, _ journal: Journal
    ) async throws -> [StageName: String] {
        var missing: [StageName: String] = [:]
        var isAsked = Array(repeating: false, count: graph.stages.count)
        var running = graph.stages.indices.filter {
            plan.isListed[$0] && [.run, .maybe].contains(plan.all[$0].state)
        }
        var wave = graph.stages.indices.filter { plan.isListed[$0] }
        repeat {
            wave += running.flatMap { graph.durableUpstream[$0] }
            var numbers: [Int] = []
            for number in wave where !isAsked[number] {
                isAsked[number] = true
                numbers.append(number)
            }
            let gone = try await ask(
                numbers.map { plan.all[$0] }.filter(Self.isAskable), journal)
            missing.merge(gone) { _, new in new }
            running = gone.keys.compactMap { graph.number(of: $0) }
            wave = []
        } while !running.isEmpty
        return missing
    }

    private static func isAskable(_ stage: PlannedStage) -> Bool {
        stage.lifetime == .durable && stage.state != .run && stage.outputs != nil
    }

    private func ask(
        _ asked: [PlannedStage], _ journal: Journal
    ) async throws -> [StageName: String] {
        let answers = try await ConcurrentMap.map(asked, width: Self.questionsAtOnce) {
            try await verify($0, journal)
        }
        return answers.reduce(into: [:]) { missing, answer in
            if case .missing(let what) = answer.1 { missing[answer.0] = what }
        }
    }

    /// What is found of stages' recorded outputs, whatever the plan says of them, and whose it is.
    func ownership(
        of names: Set<StageName>, _ plan: Plan, account: String, _ journal: Journal
    ) async throws -> [StageName: FoundOutputs] {
        let asked = plan.all.filter { names.contains($0.name) }
        let answers = try await ConcurrentMap.map(asked, width: Self.questionsAtOnce) {
            planned -> (StageName, FoundOutputs) in
            guard let stage = graph[planned.name], let outputs = planned.outputs else {
                return (planned.name, .found(.open))
            }
            let context = context(of: stage, planned, journal)
            if case .missing(let what) = try await stage.verify(outputs, context) {
                return (stage.name, .missing(what))
            }
            return (
                stage.name,
                .found(try await stage.ownership(of: outputs, account: account, context))
            )
        }
        return Dictionary(answers) { first, _ in first }
    }

    private func verify(
        _ planned: PlannedStage, _ journal: Journal
    ) async throws -> (StageName, Existence) {
        guard let stage = graph[planned.name], let outputs = planned.outputs else {
            return (planned.name, .exists)
        }
        return (stage.name, try await stage.verify(outputs, context(of: stage, planned, journal)))
    }

    private func context(
        of stage: AnyStage, _ planned: PlannedStage, _ journal: Journal
    ) -> StageContext {
        context(
            of: stage, journal, seconds: planned.expectedSeconds, outputs: planned.outputs)
    }
}
