import Diagnostics

/// A plan of what a run would do.
extension Workplace {
    /// What is recorded, as far as it is of the realm that is worked in, and what a run would do.
    ///
    /// - Parameters:
    ///   - verify: whether AWS is asked too.
    ///   - bearsSilence: whether a question that AWS does not answer is noted in
    ///     `RecordedWorld.unanswered`, and no error.
    ///   - compares: whether the results have to be of the realm that is worked in.
    /// - Throws: `realm.differs`; what reading throws; what asking AWS throws.
    package func plan(
        _ selection: Selection, verify: Bool, bearsSilence: Bool = false, compares: Bool = true
    ) async throws -> (plan: Plan, world: RecordedWorld) {
        let journal = try await journal()
        let left = await journal.unfinished()
        var world = try await RecordedWorld.read(
            graph, store: store, digester: digester, journal: left)
        try world.checkWhatIf(selection, in: graph)
        var silence: Diagnostic?
        if compares {
            do {
                if verify { try await realms?.ask() }
            } catch let problem as Diagnostic where bearsSilence {
                // Whose AWS it is nobody knows: then it is not asked at all.
                silence = problem
            }
            try await world.compare(
                with: realms, graph, journal: left, location: store.location)
        }
        let plan = Planner.plan(graph, world, selection)
        guard verify else { return (plan, world) }
        if let silence {
            noteUnanswered(&world, plan, silence)
            // No line would tell of it.
            if world.unanswered.isEmpty { throw silence }
        } else {
            try await verifyOutputs(&world, plan, journal, bearsSilence: bearsSilence)
            do {
                let plan = Planner.plan(graph, world, selection)
                _ = try await findUnrecorded(&world, plan, journal)
            } catch  where bearsSilence && !(error is CancellationError) {
                // What other results tell of it counts then.
            }
        }
        return (Planner.plan(graph, world, selection), world)
    }
}
