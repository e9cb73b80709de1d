import Diagnostics

/// Settles whose results a run works with, before anything is resumed, removed or begun.
///
/// | what is recorded | what is known offline | what happens |
/// |---|---|---|
/// | another realm | enough to tell | `realm.differs`; nothing was asked |
/// | a local cloud that is gone | – | its results are stale, its entries end without a call |
/// | this realm, everything fresh | the account | nothing is asked |
/// | this realm, something to do | anything | the account is asked for, and compared |
/// | nobody's results | anything | asked for, each output looked at, and then bound |
struct RealmSettlement {
    let place: Workplace
    let journal: Journal
    let source: any RealmSource
    /// What the journal held when the run began.
    let left: [JournalEntry]

    private var graph: StageGraph { place.graph }
    private var store: any ResultStore { place.store }

    /// - Returns: the world as it counts now, and its plan where the question made one that holds.
    /// - Throws: `realm.*`; what the store and the stages' questions throw.
    func settle(
        _ recorded: RecordedWorld, _ options: RunOptions
    ) async throws -> (world: RecordedWorld, plan: Plan?) {
        var world = try await compared(recorded)
        let judgement = try await judge(world, options)
        if judgement.mustAsk {
            try await source.ask()
            world = try await compared(recorded)
        }
        try await check(options.expectedPlan)
        store.bind(try await source.present())
        for entry in left where world.goneEntries.contains(entry.entry) {
            try await journal.forget(entry.entry)
        }
        if !world.unbound.isEmpty { try await bind(&world) }
        return (world, judgement.mustAsk || !left.isEmpty ? nil : judgement.plan)
    }

    private func compared(_ recorded: RecordedWorld) async throws -> RecordedWorld {
        var world = recorded
        try await world.compare(with: source, graph, journal: left, location: store.location)
        return world
    }

    /// Whether the account has to be asked for, and the plan of the world where that decided it.
    private func judge(
        _ world: RecordedWorld, _ options: RunOptions
    ) async throws -> (mustAsk: Bool, plan: Plan?) {
        if options.verify || !world.unbound.isEmpty { return (true, nil) }
        if left.contains(where: { !world.goneEntries.contains($0.entry) }) { return (true, nil) }
        let plan = Planner.plan(graph, world, options.selection)
        let listed = plan.stages.filter { stage in
            source.bindsEveryStage || graph[stage.name]?.isOfCloud != false
        }
        if listed.contains(where: { $0.state != .fresh }) { return (true, nil) }
        if listed.isEmpty { return (false, plan) }
        if let realm = options.expectedPlan?.realm,
            try await source.verdict(on: realm) == .notCompared
        {
            return (true, nil)
        }
        return (!world.isAccountCompared, plan)
    }

    /// A plan that was made for another realm is no plan for this one.
    private func check(_ plan: PlanFile?) async throws {
        guard let realm = plan?.realm else { return }
        switch try await source.verdict(on: realm) {
        case .same, .notCompared: return
        case .gone:
            throw Diagnostic(
                code: "realm.differs", severity: .configuration,
                summary: "the plan was made for a local cloud that is gone",
                hint: "plan again with `dssbatch plan MANIFEST --output FILE`")
        case .differs(let recorded, let present):
            throw RealmComparison.differs("the plan was made for", recorded, present)
        }
    }

    /// Binds results that belong to nobody: to the account in which their outputs are found.
    private func bind(_ world: inout RecordedWorld) async throws {
        let account = try await source.account() ?? ""
        let plan = Planner.plan(graph, world, Selection())
        let answers: [StageName: FoundOutputs]
        do {
            answers = try await place.ownership(
                of: world.unbound, plan, account: account, journal)
        } catch let problem as Diagnostic where problem.severity == .failure {
            throw Diagnostic(
                code: "realm.unknown",
                summary: "the results in `\(store.location)` belong to no account yet, and account "
                    + "\(account) was refused a look at what they name",
                location: store.location, causes: [problem.summary] + problem.causes,
                hint: problem.hint ?? "use the profile or endpoint that made them",
                isTrouble: problem.isTrouble
            ).beforehand
        }
        let foreign = answers.values.compactMap(\.foreign).sorted()
        let missing = answers.compactMapValues(\.missing)
        let isOwn = answers.values.contains(.found(.own))
        guard foreign.isEmpty, isOwn || missing.isEmpty else {
            throw Self.unverified(foreign + missing.values.sorted(), store.location, account)
        }
        for (name, stored) in world.results {
            guard var record = stored.record, record.realm == nil else { continue }
            try await store.save(record)
            record.realm = store.realm
            world.results[name] = .record(record)
        }
        world.unbound = []
        world.missing.merge(missing) { $1 }
    }

    private static func unverified(
        _ causes: [String], _ location: String, _ account: String
    ) -> Diagnostic {
        Diagnostic(
            code: "realm.differs", severity: .configuration,
            summary: "the results in `\(location)` belong to no account yet, and what they name "
                + "is not in account \(account)",
            location: location, causes: causes.map { "not found there: \($0)" },
            hint: "use the profile or endpoint that made them, or name another place with "
                + "`--results`; if everything was removed on purpose, move the folder away")
    }
}

/// What is found of outputs that belong to nobody yet.
enum FoundOutputs: Sendable, Equatable {
    case found(Ownership)
    /// What is gone.
    case missing(String)

    var missing: String? { if case .missing(let what) = self { what } else { nil } }
    var foreign: String? { if case .found(.foreign(let what)) = self { what } else { nil } }
}
