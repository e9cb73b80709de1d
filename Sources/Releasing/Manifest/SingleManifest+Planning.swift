package import BuildGraph
import Diagnostics

extension SingleManifest {
    /// What a run would do, with what the manifest does not ask for any more; reads, and with
    /// `verify` asks AWS.
    ///
    /// - Parameters:
    ///   - place: where its stages are planned.
    ///   - bearsSilence: whether a question that AWS does not answer is no error.
    ///   - compares: whether the results have to be of the realm that is worked in.
    /// - Throws: as `Workplace.plan`.
    package func plan(
        _ selection: Selection = Selection(), at place: Workplace, verify: Bool = false,
        bearsSilence: Bool = false, compares: Bool = true
    ) async throws -> (plan: Plan, world: RecordedWorld) {
        var (plan, world) = try await place.plan(
            selection, verify: verify, bearsSilence: bearsSilence, compares: compares)
        if let release {
            plan.superseded = SupersededThings.formats(
                in: world.results, graph: place.graph, manifest: release)
        }
        return (plan, world)
    }

    /// Shows what the stages of a plan would change in the world, where they can tell.
    ///
    /// - Throws: `realm.differs`; what asking AWS throws.
    package func preview(
        _ plan: Plan, _ world: RecordedWorld, at place: Workplace
    ) async throws {
        // Stacks are asked about in the account that is worked in, which has to be the right one.
        if let realms = place.realms, case .infrastructure = self,
            plan.stages.contains(where: { $0.state == .run })
        {
            try await place.compareAgain(world, with: realms)
        }
        try await place.preview(plan, world)
    }
}

extension Workplace {
    fileprivate func compareAgain(
        _ recorded: RecordedWorld, with realms: any RealmSource
    ) async throws {
        do {
            try await realms.ask()
        } catch let problem as Diagnostic where problem.code == "realm.unknown" {
            // Each stack says that it cannot be asked about.
            return
        }
        var world = recorded
        try await world.compare(with: realms, graph, journal: [], location: store.location)
    }
}
