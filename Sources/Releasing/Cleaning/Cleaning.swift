import BuildGraph
package import Diagnostics
import FoundationEssentials
import Glibc
import JSON
import Synchronization

/// `dssbatch clean`: a run's recovery without the run.
package struct Cleaning: Sendable {
    /// What is asked for.
    package struct Options: Sendable {
        /// Artifacts too.
        package let includesArtifacts: Bool
        package let olderThan: AgeLimit
        /// Looks in every region of the account.
        package let isEverywhere: Bool
        /// Only says what would go.
        package let isDryRun: Bool
        /// How long to wait for a run of the release; a machine in use is left, not waited for.
        package let waitLockSeconds: Double

        /// Makes them; see the properties.
        package init(
            includesArtifacts: Bool, olderThan: AgeLimit, isEverywhere: Bool, isDryRun: Bool,
            waitLockSeconds: Double
        ) {
            self.includesArtifacts = includesArtifacts
            self.olderThan = olderThan
            self.isEverywhere = isEverywhere
            self.isDryRun = isDryRun
            self.waitLockSeconds = waitLockSeconds
        }
    }

    /// How it ended.
    package struct Summary: Sendable {
        package let plan: CleanPlan
        package var removed = 0
        package var problems: [Diagnostic]
        /// False where nobody agreed to the plan, and nothing was removed.
        package var isConfirmed = true
    }

    let manifest: ReleaseManifest
    /// Of the release; told of progress, of what was removed, and of what could not be.
    let place: Workplace
    /// Where the runs of the developer's machines record.
    let machineStore: any ResultStore
    let services: Services

    var graph: StageGraph { place.graph }
    var store: any ResultStore { place.store }
    var events: EventSink { place.events }

    /// Finds what is left, has it confirmed and removes it, under the lock of the results.
    ///
    /// - Parameter confirm: shown the plan where there is something to remove; false to stop.
    /// - Throws: `results.locked`, what reading the results throws, `CancellationError`.
    package func run(
        _ options: Options, confirm: (CleanPlan) async throws -> Bool
    ) async throws -> Summary {
        if options.isDryRun {
            if let holder = try await store.lockHolder() {
                events.emit(
                    .warning(
                        "run \(holder.runId) holds the lock, without whose end nothing is "
                            + "removed: what it works with is listed too"))
            }
            return try await runLocked(options, confirm)
        }
        return try await place.locked(waitSeconds: options.waitLockSeconds) {
            guard try await machineStore.isThere() else {
                return try await runLocked(options, confirm)
            }
            var isLocked = false
            do {
                return try await machineStore.locked(
                    by: place.lock, warn: { events.emit(.warning($0)) }
                ) {
                    isLocked = true
                    return try await runLocked(options, confirm)
                }
            } catch let problem as Diagnostic where !isLocked && problem.code == "results.locked" {
                // A machine that somebody works with now is left to them.
                events.emit(
                    .warning("a machine is worked with now, and left: \(problem.summary)"))
                return try await runLocked(options, confirm)
            }
        }
    }

    private func runLocked(
        _ options: Options, _ confirm: (CleanPlan) async throws -> Bool
    ) async throws -> Summary {
        let journal = try await place.journal()
        for warning in journal.warnings { events.emit(.warning(warning)) }
        var own = await journal.unfinished()
        let results = try await store.loadAll()
        var records = results.values.compactMap(\.record)
        var machines = try await MachineRuns(machineStore, place.lock, time: services.time)
        // What belongs to another account is looked for nowhere but there.
        let comparison = try await RealmComparison.asking(
            services.realms, records: records, entries: own + machines.entries,
            location: store.location)
        store.bind(try await services.realms?.present())
        records.removeAll { comparison.isGone($0.realm) }
        if !options.isDryRun {
            for journal in [journal] + machines.journals {
                for entry in await journal.unfinished() where comparison.isGone(entry.realm) {
                    try await journal.forget(entry.entry)
                }
            }
        }
        own.removeAll { comparison.isGone($0.realm) }
        machines.leaveOut { comparison.isGone($0.realm) }
        let entries = own + machines.entries
        let found = try await look(options, records: records, entries: entries)
        let plan = CleanPlan(
            assets: SupersededThings(
                results, graph: graph, manifest: manifest,
                documented: try await ReleasedNames.recorded(in: store)
            ).classified(found.assets, now: services.time.now()), entries: entries,
            policy: CleanPlan.Policy(
                includesArtifacts: options.includesArtifacts, olderThan: options.olderThan,
                endedRuns: machines.endedRuns.union(
                    records.flatMap(\.everyRunId) + entries.map(\.runId)),
                runningRun: machines.runningRun, now: services.time.now()))
        var summary = Summary(plan: plan, problems: found.problems)
        for problem in found.problems { events.emit(.error(problem)) }
        if options.isDryRun || plan.removed.isEmpty { return summary }
        summary.isConfirmed = try await confirm(plan)
        if !summary.isConfirmed { return summary }
        try await takeBackResults(of: plan, entries: own)
        try await remove(plan, [journal] + machines.journals, &summary)
        return summary
    }

    private func look(
        _ options: Options, records: [ResultRecord], entries: [JournalEntry]
    ) async throws -> AssetSearch.Findings {
        let inventory = AssetInventory(
            manifest: manifest, pattern: AssetPattern(exactly: manifest.assetId),
            services: services)
        let result = try await inventory.look(
            for: Set(AssetKind.inAWS), records: records, entries: entries,
            isEverywhere: options.isEverywhere)
        for note in result.notes { events.emit(.warning(note)) }
        var findings = result.findings
        if options.includesArtifacts && manifest.docker != nil {
            do {
                let docker = DockerAssets(engine: services.engine, assetId: manifest.assetId.text)
                findings.assets += try await docker.find(records: records)
            } catch let problem as Diagnostic {
                findings.problems.append(
                    problem.wrapped(in: "cannot look for images and containers of the asset"))
            }
        }
        return findings
    }

    /// Says in the results what is going to be gone, before it is.
    private func takeBackResults(of plan: CleanPlan, entries: [JournalEntry]) async throws {
        for stage in Set(entries.map(\.stage)) {
            try await store.recordInterruption(of: stage, in: graph)
        }
        let gone = RemovedOutputs(plan.removed.map(\.asset))
        let stages = try await store.recordRemoval(
            in: graph, besides: [Retire.stageName], where: gone.areNamed(in:))
        if !stages.isEmpty {
            events.emit(
                .warning(
                    "no longer recorded as made: "
                        + stages.map(\.rawValue).joined(separator: ", ")))
        }
    }

    private func remove(
        _ plan: CleanPlan, _ journals: [Journal], _ summary: inout Summary
    ) async throws {
        var held: Set<String> = []
        for kind in AssetKind.allCases {
            let items = plan.removed.filter { $0.asset.kind == kind }
            let holds = held
            let outcomes = try await ConcurrentMap.map(items) { item in
                try await remove(item, isHeld: holds.contains(item.asset.place), journals)
            }
            // What an image that could not be removed is made of is not worth a try.
            for (item, problem) in zip(items, outcomes) where problem != nil {
                held.formUnion(item.asset.snapshotPlaces)
            }
            summary.removed += outcomes.count { $0 == nil }
            summary.problems += outcomes.compactMap { $0 }
        }
        for journal in journals where await journal.unfinished().isEmpty {
            try await journal.compact()
        }
    }

    /// Tells of each step of a removal once, however often it is looked at.
    private func progress() -> @Sendable (Double?, String) -> Void {
        let events = events
        let last = Mutex("")
        return { percent, message in
            let isNew = last.withLock { last in
                defer { last = message }
                return last != message
            }
            if isNew { events.emit(.stageProgress(percent: percent, message: message)) }
        }
    }

    /// Ends an entry in the journal that has it.
    ///
    /// - Returns: why its thing stays; nil where that is gone.
    private func end(
        _ entry: JournalEntry, _ outcome: LeftoverOutcome, in journals: [Journal]
    ) async throws -> Diagnostic? {
        var problem: Diagnostic?
        for journal in journals
        where await journal.unfinished().contains(where: { $0.entry == entry.entry }) {
            try await outcome.end(entry, in: journal) { message in
                events.emit(.warning(message))
                problem = Diagnostic(
                    code: "clean.not-ours", summary: message,
                    hint: "look who wrote it into the journal of these results")
            }
        }
        return problem
    }

    /// Removes one thing and tells of it.
    ///
    /// - Returns: why it stays; nil where it is gone.
    private func remove(
        _ item: CleanPlan.Item, isHeld: Bool, _ journals: [Journal]
    ) async throws -> Diagnostic? {
        let asset = item.asset
        let onProgress = progress()
        do {
            try Task.checkCancellation()
            if isHeld {
                throw Diagnostic(code: "clean.held", summary: "an AMI that stays uses it")
            }
            if let entry = item.entry {
                let outcome = try await LeftoverRemoval(services: services).remove(
                    Leftover(entry), onProgress: onProgress)
                if let problem = try await end(entry, outcome, in: journals) { return problem }
            } else {
                try await AssetRemoval(services: services).remove(asset, onProgress: onProgress)
            }
            if asset.kind == .stack, let name = asset.name {
                let files = LastingFiles(folder: machineStore.location, stackName: name)
                try services.access.removeKeyPair(in: files.privateKeyPath)
                try services.access.removeKeyPair(in: files.knownHostsPath)
            }
        } catch let problem as Diagnostic where problem.severity == .failure {
            let command = RemovalCommand.text(for: asset)
            let failure = problem.wrapped(
                in: "\(asset.kind.rawValue) `\(asset.label)` in `\(asset.region)` stays",
                hint: command.map { "remove it by hand: \($0)" })
            events.emit(.error(failure))
            return failure
        }
        // What the journal only meant to make was never announced as made.
        if asset.proof != .journal || item.entry?.id != nil {
            events.emit(.resourceDeleted(asset.eventResource))
        }
        return nil
    }
}
