import BuildGraph
import Diagnostics
import Sandbox

/// A session of the commands that look for an asset's things.
struct AssetsSession: Sendable {
    let session: Session
    /// `--region all`: every region of the account.
    let isEverywhere: Bool
    private let manifest: ReleaseManifest

    /// - Parameter takesGlob: whether `--asset-id` may be a glob, which is no id of a manifest.
    init(
        _ path: String, _ changes: ManifestChanges, _ global: GlobalOptions, _ call: Invocation,
        takesGlob: Bool
    ) throws {
        var (changes, global) = (changes, global)
        isEverywhere = global.region == "all"
        if isEverywhere { global.region = nil }
        let isGlob = changes.assetId?.contains { "*?".contains($0) } == true
        if takesGlob && isGlob { changes.assetId = nil }
        manifest = try Manifest.release(
            contentsOf: path, changedBy: changes.overrides(global, call)
        ).release
        session = try Session(.release(manifest), changes, global, call)
    }

    /// Looks for what matches a pattern; for the manifest's own asset id where there is none.
    func look(
        for kinds: Set<AssetKind>, pattern: AssetPattern?
    ) async throws -> (listing: AssetListing, problems: [Diagnostic]) {
        let pattern = pattern ?? AssetPattern(exactly: manifest.assetId)
        let inventory = AssetInventory(
            manifest: manifest, pattern: pattern, services: session.services)
        let journal = try await session.workplace.journal()
        let machines = try await Journal(
            store: try session.machineStore, runId: session.lock.runId,
            time: session.services.time)
        let entries = await journal.unfinished() + machines.unfinished()
        let results = try await session.store.loadAll()
        let records = results.values.compactMap(\.record)
        let others = try await foreign(
            Set(records.compactMap(\.realm) + entries.compactMap(\.realm)))
        let result = try await inventory.look(
            for: kinds, records: records.filter { $0.realm.map(others.contains) != true },
            entries: entries.filter { $0.realm.map(others.contains) != true },
            isEverywhere: isEverywhere)
        for note in result.notes { session.output.say(note) }
        let known = results.filter { _, stored in
            stored.record?.realm.map(others.contains) != true
        }
        let superseded = SupersededThings(
            known, graph: session.graph, manifest: manifest,
            documented: try await ReleasedNames.recorded(in: session.store))
        return (
            AssetListing(
                pattern: pattern, regions: result.places.regions,
                assets: superseded.classified(
                    result.findings.assets, now: session.services.time.now())),
            result.findings.problems
        )
    }

    /// Realms whose things are not looked for here: only the present account's are.
    private func foreign(_ realms: Set<Realm>) async throws -> Set<Realm> {
        guard let source = session.services.realms else { return [] }
        try await source.ask()
        var others: Set<Realm> = []
        for realm in realms {
            switch try await source.verdict(on: realm) {
            case .same, .notCompared: continue
            case .gone: others.insert(realm)
            case .differs(let recorded, let present):
                others.insert(realm)
                session.emit(
                    .warning(
                        "what is recorded in `\(session.store.location)` belongs to \(recorded) "
                            + "and is left out; this looks into \(present)"))
            }
        }
        return others
    }

    /// Removes what is left, heeding signals.
    ///
    /// - Parameter asks: on the terminal, before anything is removed.
    func clean(_ options: Cleaning.Options, asks: Bool) async throws -> ExitStatus {
        try await Interruptible().run(session.output) { try await cleanUp(options, asks: asks) }
    }

    private func cleanUp(_ options: Cleaning.Options, asks: Bool) async throws -> ExitStatus {
        let cleaning = Cleaning(
            manifest: manifest, place: session.workplace,
            machineStore: try session.machineStore, services: session.services)
        let summary = try await cleaning.run(options) { plan in
            show(plan, isData: false)
            return !asks
                ? true
                : await RemovalQuestion.ask(
                    count: plan.removed.count, session.output.console)
        }
        if options.isDryRun {
            show(summary.plan, isData: true)
        } else if summary.plan.removed.isEmpty {
            show(summary.plan, isData: false)
        } else if !summary.isConfirmed {
            session.output.say("nothing was removed")
            return .failed
        } else {
            session.output.say("removed \(summary.removed) of \(summary.plan.removed.count)")
        }
        return summary.problems.isEmpty ? .fresh : .failed
    }

    /// Shows what goes and what stays.
    ///
    /// - Parameter isData: whether that is what the command was asked for.
    private func show(_ plan: CleanPlan, isData: Bool) {
        if session.options.json {
            AssetEvents(console: session.output.console, time: session.call.time).show(plan)
            return
        }
        let text = CleanPlanText.text(plan)
        if isData { session.output.console.printLine(text) } else { session.output.say(text) }
    }
}
