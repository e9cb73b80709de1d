import Diagnostics
import JSON

/// `--verify`: asks the world whether the outputs that a plan takes for fresh still exist.
extension Workplace {
    private static let questionsAtOnce = 16

    /// Notes what is gone, and of what nobody could say.
    ///
    /// Asked are the listed stages, and those whose recorded outputs a stage that runs will read:
    /// whatever is found gone will run too, and so on.
    ///
    /// - Parameter bearsSilence: whether a question without an answer is noted too.
    /// - Throws: what a stage throws whose question could not be answered, unless that is borne.
    func verifyOutputs(
        _ world: inout RecordedWorld, _ plan: Plan, _ journal: Journal, bearsSilence: Bool
    ) async throws {
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
            let answers = try await ask(
                numbers.map { plan.all[$0] }.filter(Self.isAskable), journal, bearsSilence)
            running = []
            for (name, answer) in answers {
                switch answer {
                case .success(.exists): break
                case .success(.missing(let what)):
                    world.missing[name] = what
                    if let number = graph.number(of: name) { running.append(number) }
                case .failure(let problem): world.unanswered[name] = problem
                }
            }
            wave = []
        } while !running.isEmpty
    }

    /// Notes that nothing of a plan could be asked about, all for one reason.
    func noteUnanswered(_ world: inout RecordedWorld, _ plan: Plan, _ problem: Diagnostic) {
        for stage in plan.stages where Self.isAskable(stage) {
            world.unanswered[stage.name] = problem
        }
    }

    private static func isAskable(_ stage: PlannedStage) -> Bool {
        stage.lifetime == .durable && stage.state != .run && stage.outputs != nil
    }

    private func ask(
        _ asked: [PlannedStage], _ journal: Journal, _ bearsSilence: Bool
    ) async throws -> [(StageName, Result<Existence, Diagnostic>)] {
        try await ConcurrentMap.map(asked, width: Self.questionsAtOnce) { stage in
            do {
                return (stage.name, .success(try await verify(stage, journal)))
            } catch let problem as Diagnostic where bearsSilence {
                return (stage.name, .failure(problem))
            }
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
    ) async throws -> Existence {
        guard let stage = graph[planned.name], let outputs = planned.outputs else { return .exists }
        return try await stage.verify(outputs, context(of: stage, planned, journal))
    }

    private func context(
        of stage: AnyStage, _ planned: PlannedStage, _ journal: Journal
    ) -> StageContext {
        context(
            of: stage, journal, seconds: planned.expectedSeconds, outputs: planned.outputs)
    }
}
