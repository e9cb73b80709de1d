import BuildGraph
package import Diagnostics

/// `show-aws-assets`: what a release has in AWS.
extension Release {
    /// Looks for what matches a pattern.
    ///
    /// - Parameters:
    ///   - kinds: the kinds to look for.
    ///   - pattern: nil for the release's own asset id.
    ///   - isEverywhere: looks in every region of the account.
    ///   - say: told what a person should know of the search.
    /// - Returns: what was found, and what could not be asked.
    /// - Throws: `realm.*`; as `AssetInventory.look`.
    package func assets(
        of kinds: Set<AssetKind>, matching pattern: AssetPattern?, isEverywhere: Bool,
        say: (String) -> Void
    ) async throws -> (listing: AssetListing, problems: [Diagnostic]) {
        let pattern = pattern ?? AssetPattern(exactly: manifest.assetId)
        let inventory = AssetInventory(manifest: manifest, pattern: pattern, services: services)
        let journal = try await place.journal()
        let machines = try await Journal(
            store: machineStore, runId: place.lock.runId, time: services.time)
        let entries = await journal.unfinished() + machines.unfinished()
        let results = try await place.store.loadAll()
        let records = results.values.compactMap(\.record)
        let others = try await foreign(
            Set(records.compactMap(\.realm) + entries.compactMap(\.realm)))
        func isOwn(_ realm: Realm?) -> Bool { realm.map(others.contains) != true }
        let result = try await inventory.look(
            for: kinds, records: records.filter { isOwn($0.realm) },
            entries: entries.filter { isOwn($0.realm) }, isEverywhere: isEverywhere)
        result.notes.forEach(say)
        let superseded = SupersededThings(
            results.filter { isOwn($1.record?.realm) }, graph: place.graph, manifest: manifest,
            documented: try await ReleasedNames.recorded(in: place.store))
        let listing = AssetListing(
            pattern: pattern, regions: result.places.regions,
            assets: superseded.classified(result.findings.assets, now: services.time.now()))
        return (listing, result.findings.problems)
    }

    /// Realms whose things are not looked for here: only the present account's are.
    private func foreign(_ realms: Set<Realm>) async throws -> Set<Realm> {
        guard let source = services.realms else { return [] }
        try await source.ask()
        var others: Set<Realm> = []
        for realm in realms {
            switch try await source.verdict(on: realm) {
            case .same, .notCompared: continue
            case .gone: others.insert(realm)
            case .differs(let recorded, let present):
                others.insert(realm)
                place.events.emit(
                    .warning(
                        "what is recorded in `\(place.store.location)` belongs to \(recorded) "
                            + "and is left out; this looks into \(present)"))
            }
        }
        return others
    }

    /// What removes what is left of the release.
    package var cleaning: Cleaning {
        Cleaning(
            manifest: manifest, place: place, machineStore: machineStore, services: services)
    }
}
