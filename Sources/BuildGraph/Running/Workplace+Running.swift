import Diagnostics
import Glibc
import JSON

/// A run: brings what is selected up to date, by lock, plan, recovery, stages and take-downs.
///
/// | step | may it call services | what holds after it |
/// |---|---|---|
/// | lock | only where results are objects | no other run writes these results |
/// | plan | for `--verify` and unbound results | what is stale, whose it is, what is protected |
/// | look up | yes, and changes nothing | lookups that others rest on are up to date |
/// | resume, recover | yes | nothing of an earlier run is left that this one does not continue |
/// | preflight | yes, and changes nothing | what was found is status 2, before anything began |
/// | stages | yes | each end is recorded; machines are down |
/// | look again | yes | requests of a killed run that arrived late are undone |
extension Workplace {
    /// Runs.
    ///
    /// Cancelling the task ends running stages; what they left is taken down all the same
    /// (unless `--on-error keep`), in bounded time.
    ///
    /// - Returns: how it went, failed stages included.
    /// - Throws: what stopped it before any stage started: `results.locked`, `plan.moved`,
    ///   `realm.*`, `graph.missing-input`, `results.unwritable`, what recovery throws.
    package func run(_ options: RunOptions) async throws -> RunSummary {
        let start = time.monotonicSeconds()
        return try await locked(waitSeconds: options.waitLockSeconds) {
            let summary = try await runLocked(options, start)
            events.emit(.runFinished(summary.status, seconds: summary.seconds))
            return summary
        }
    }

    private func runLocked(_ options: RunOptions, _ start: Double) async throws -> RunSummary {
        let journal = try await journal(isTold: true)
        for warning in journal.warnings { events.emit(.warning(warning)) }
        let settled = try await self.world(options, journal)
        var world = settled.world
        // Only now: the journal of another realm is not written to.
        try await journal.compact()
        try await journal.endRecorded(by: durable(world.results))
        let left = await journal.unfinished()
        world.left = left
        var setup = try await planned(options, journal, world, settled.plan)
        if !setup.options.hasConsent {
            var asked = setup.world
            if try await findUnrecorded(&asked, setup.plan, journal) {
                setup = self.setup(setup.options, journal, asked)
            }
            let lookups = EarlyLookups(setup.plan, graph)
            if !lookups.names.isEmpty {
                let summary = try await lookUp(lookups, &setup, start)
                guard summary.status == .succeeded else { return summary }
            }
            try await adoptUnrecorded(&setup)
            events.emit(.plan(setup.plan))
            try Protection.check(setup.plan)
        } else {
            events.emit(.plan(setup.plan))
        }
        if options.isRehearsal {
            return RunSummary(
                status: .succeeded, stages: [], seconds: time.monotonicSeconds() - start,
                runId: lock.runId, problems: [], leftovers: [])
        }
        // A playbook may have lived on when its run was killed, on the very machine.
        if !left.isEmpty || !setup.plan.names(.run).isEmpty {
            try await recovery?.endStrayProcesses()
        }
        let resumed = try await Resumption(setup: setup, left: left).run()
        if !resumed.isEmpty {
            world = setup.world
            for (name, record) in resumed { world.results[name] = .record(record) }
            world.left = await journal.unfinished()
            world.documents = try await DocumentState(graph, world.results, store: store)
            setup = self.setup(setup.options, journal, world)
            setup.hasResumed = true
        }
        // By the plan that remains: a machine that nobody needs any more has to go as well.
        let late = try await recover(await journal.unfinished(), setup)
        if let ends = try await Preflight(setup: setup).run() {
            return RunSummary(
                status: .failed, stages: ends, seconds: time.monotonicSeconds() - start,
                runId: lock.runId, problems: [], leftovers: [])
        }
        let summary = await execute(setup, start)
        await lookAgain(for: late, setup)
        return summary
    }

    /// Ends what recovery left open because it may have come to be after the first look.
    private func lookAgain(for late: [JournalEntryID], _ setup: RunSetup) async {
        let entries = await setup.journal.unfinished().filter { late.contains($0.entry) }
        // What was interrupted, and what another run took over, is the next one's to end.
        guard !entries.isEmpty, !Task.isCancelled else { return }
        do {
            try await store.checkLock()
            _ = try await recover(entries, setup, isLast: true)
        } catch {
            events.emit(.warning(Diagnostic.from(error).summary))
        }
    }

    /// What a run would do, by what is recorded and what it is asked to look at.
    ///
    /// - Parameter known: the plan of that world where somebody has made it.
    private func planned(
        _ options: RunOptions, _ journal: Journal, _ recorded: RecordedWorld, _ known: Plan?
    ) async throws -> RunSetup {
        var world = recorded
        var planned = setup(options, journal, world, known)
        if options.verify {
            try await verifyOutputs(&world, planned.plan, journal, bearsSilence: false)
            planned = setup(options, journal, world)
        }
        if let expected = options.expectedPlan {
            // Its consent is for what it names, and for nothing that only AWS tells of.
            if try await findUnrecorded(&world, planned.plan, journal) {
                planned = setup(options, journal, world)
            }
            try expected.check(against: planned.plan, world, assetId: store.assetId)
        }
        return planned
    }

    /// Asks what decides whether anything published is replaced, and plans again.
    private func lookUp(
        _ lookups: EarlyLookups, _ setup: inout RunSetup, _ start: Double
    ) async throws -> RunSummary {
        var options = setup.options
        options.selection = lookups.first
        let first = self.setup(options, setup.journal, setup.world)
        events.emit(.plan(first.plan))
        let summary = await execute(first, start)
        guard summary.status == .succeeded else { return summary }
        var world = setup.world
        for name in lookups.names { world.results[name] = try await store.load(name) }
        options.selection = lookups.rest
        setup = self.setup(options, setup.journal, world)
        return summary
    }

    private func execute(_ setup: RunSetup, _ start: Double) async -> RunSummary {
        let execution = Execution(setup)
        await execution.run()
        do {
            try digester.saveCache()
        } catch {
            events.emit(.warning(Diagnostic.from(error).summary))
        }
        return await execution.summary(seconds: time.monotonicSeconds() - start)
    }

    /// A machine's outputs are recorded long before it is gone.
    private func durable(_ results: [StageName: StoredResult]) -> [StageName: StoredResult] {
        results.filter { graph[$0.key]?.isEphemeral != true }
    }

    /// What is recorded, as far as it is of the realm that is worked in, and its plan if known.
    private func world(
        _ options: RunOptions, _ journal: Journal
    ) async throws -> (world: RecordedWorld, plan: Plan?) {
        let left = await journal.unfinished()
        let recorded = try await RecordedWorld.read(
            graph, store: store, digester: digester, journal: left)
        guard let realms else {
            // What compares nothing adds to what is there.
            let known = Set(recorded.results.values.compactMap { $0.record?.realm })
            store.bind(known.count == 1 ? known.first : nil)
            return (recorded, nil)
        }
        return try await RealmSettlement(
            place: self, journal: journal, source: realms, left: left
        ).settle(recorded, options)
    }

    /// The run as it is planned by what is recorded now.
    ///
    /// - Parameter known: that plan where somebody has made it.
    func setup(
        _ options: RunOptions, _ journal: Journal, _ recorded: RecordedWorld, _ known: Plan? = nil
    ) -> RunSetup {
        var world = recorded
        world.due = graph.due(world.results)
        return RunSetup(
            place: self, options: options, journal: journal, world: world,
            plan: known ?? Planner.plan(graph, world, options.selection))
    }

    /// - Returns: what is still open and has no id.
    private func recover(
        _ left: [JournalEntry], _ setup: RunSetup, isLast: Bool = false
    ) async throws -> [JournalEntryID] {
        guard !left.isEmpty, let recovery else { return [] }
        let willRun = Set(setup.plan.names(.run))
        let now = time.now()
        let entries = left.filter { !willRun.contains($0.stage) && !$0.isHeld(at: now) }
        guard !entries.isEmpty else { return [] }
        for name in Set(entries.map(\.stage)) where setup.world.isInterrupted(name) {
            try await store.recordInterruption(of: name, in: graph)
        }
        let events = events
        try await recovery.recover(
            entries, journal: setup.journal, willRun: willRun, isLast: isLast
        ) { events.emit(.warning($0)) }
        let asked = Set(entries.map(\.entry))
        return await setup.journal.unfinished().filter { $0.id == nil && asked.contains($0.entry) }
            .map(\.entry)
    }
}
