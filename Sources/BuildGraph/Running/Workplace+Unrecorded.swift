import Diagnostics

/// What is published and recorded nowhere: found, and adopted where somebody says so, before a run
/// makes the same anew.
extension Workplace {
    private static let questionsAtOnce = 16

    /// Asks every listed stage that will run, and of which no good run is recorded, what is there.
    ///
    /// - Returns: whether there was anything to ask, so that another plan may differ.
    /// - Throws: what a stage throws that could not ask.
    func findUnrecorded(
        _ world: inout RecordedWorld, _ plan: Plan, _ journal: Journal
    ) async throws -> Bool {
        let known = world
        let asked = plan.lost(known, in: graph).compactMap { planned in
            graph[planned.name].map { (stage: $0, planned: planned) }
        }
        guard !asked.isEmpty else { return false }
        do {
            let answers = try await ConcurrentMap.map(asked, width: Self.questionsAtOnce) { one in
                try await one.stage.base.unrecorded(
                    StageEffects.Facts(
                        run: nil, material: one.planned.material, results: known.results),
                    context(of: one.stage, journal, seconds: nil, outputs: nil))
            }
            for (one, found) in zip(asked, answers) { world.unrecorded[one.stage.name] = found }
            return true
        } catch let problem as Diagnostic {
            // Nothing was begun.
            throw problem.beforehand
        }
    }

    /// Records what somebody wants to have recorded, upstream first, and plans again after each.
    ///
    /// - Throws: what adopting throws.
    func adoptUnrecorded(_ setup: inout RunSetup) async throws {
        guard let adopts = setup.options.adopts, !setup.options.isRehearsal else { return }
        while let (name, thing, id) = setup.adoptable {
            guard await adopts(name, thing) else { return }
            let record = try await record(id, as: name, isOwn: false, setup)
            var world = setup.world
            world.results[name] = .record(record)
            world.unrecorded[name] = nil
            world.documents = try await DocumentState(graph, world.results, store: store)
            setup = self.setup(setup.options, setup.journal, world)
        }
    }
}

extension Plan {
    /// The listed stages that will run, of which no good run is recorded, and which can find out
    /// what there is of them.
    package func lost(_ world: RecordedWorld, in graph: StageGraph) -> [PlannedStage] {
        stages.filter { stage in
            stage.lifetime == .durable && stage.state == .run
                && world.results[stage.name]?.record?.lastGood == nil
                && !world.gone.contains(stage.name)
                && graph[stage.name]?.base.findsUnrecorded == true
        }
    }
}

extension RunSetup {
    /// The first thing that can be adopted: what it rests on is recorded.
    fileprivate var adoptable: (StageName, StageEffects.Replacement, id: String)? {
        for stage in plan.stages where stage.state == .run {
            guard let number = graph.number(of: stage.name),
                recordedMaterial(of: number).key != nil
            else { continue }
            for thing in stage.effects.replaces {
                if let id = thing.adoption?.id { return (stage.name, thing, id) }
            }
        }
        return nil
    }
}
