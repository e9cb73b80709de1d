/// A plan of what a run would do.
extension Workplace {
    /// What is recorded, as far as it is of the realm that is worked in, and what a run would do.
    ///
    /// - Parameters:
    ///   - verify: whether AWS is asked too.
    ///   - compares: whether the results have to be of the realm that is worked in.
    /// - Throws: `realm.differs`; what reading throws.
    package func plan(
        _ selection: Selection, verify: Bool, compares: Bool = true
    ) async throws -> (plan: Plan, world: RecordedWorld) {
        let journal = try await journal()
        let left = await journal.unfinished()
        var world = try await RecordedWorld.read(
            graph, store: store, digester: digester, journal: left)
        try world.checkWhatIf(selection, in: graph)
        if compares {
            if verify { try await realms?.ask() }
            try await world.compare(
                with: realms, graph, journal: left, location: store.location)
        }
        let plan = Planner.plan(graph, world, selection)
        guard verify else { return (plan, world) }
        world.missing = try await missing(in: plan, journal)
        return (Planner.plan(graph, world, selection), world)
    }
}
