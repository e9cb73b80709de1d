package import BuildGraph
import Diagnostics
import FoundationEssentials
import JSON

/// A matrix with everything that it is planned and run with.
package struct Matrix: Sendable {
    /// What was read.
    package let manifest: MatrixManifest
    /// Where the matrix's own files are: seals and summary.
    package let store: any ResultStore
    /// Every variant, in the manifest's order.
    package let variants: [Variant]

    let equipment: Equipment
    private var time: any TimeSource { equipment.time }
    var realms: (any RealmSource)? { equipment.realms }
    private let checkedDigest: String
    /// By asset id.
    let releases: [String: MatrixRelease]

    /// How long a collection waits for another: longer than a dead holder is believed to live.
    package static let lockSeconds = 240.0
    static var planWidth: Int { ProcessInfo.processInfo.activeProcessorCount * 2 }

    /// Puts a matrix together; touches nothing.
    ///
    /// - Parameters:
    ///   - stores: where the results of an asset are, and of the matrix by its name.
    ///   - equipment: of all variants.
    /// - Throws: what `stores` throws.
    package init(
        _ manifest: MatrixManifest, services: Services, layout: ReleaseLayout,
        stores: (String) throws -> any ResultStore, equipment: Equipment
    ) throws {
        self.manifest = manifest
        self.equipment = equipment
        store = try stores(manifest.name)
        // Whatever stages come from besides a variant's own settings.
        let common = [
            equipment.tool, ProgramFingerprint.text ?? UUID().uuidString,
            manifest.base.project.path,
            manifest.base.path, String(layout.verifiesByDefault),
            Digest.of(manifest.base.document),
        ]
        var all = common
        let releases = manifest.variants.map { MatrixRelease($0, of: manifest) }
        self.releases = Dictionary(
            zip(manifest.variants.map(\.assetId.text), releases)
        ) { first, _ in first }
        variants = try zip(manifest.variants, releases).map { variant, release in
            let digest = Digest.of((common + [variant.digest]).joined(separator: "\n"))
            all.append(digest)
            var ownLayout = layout
            ownLayout.adoptCommand = layout.adoptCommand?.ofVariant(variant.assetId)
            let layout = ownLayout
            return Variant(
                assetId: variant.assetId.text, store: try stores(variant.assetId.text),
                settingsDigest: digest
            ) {
                try StageGraph(
                    ReleasePipeline.stages(
                        of: release.manifest, services: services, layout: layout))
            }
        }
        checkedDigest = Digest.of(all.joined(separator: "\n"))
    }

    /// The variants that a text names; nil for all.
    ///
    /// - Throws: `usage.asset-id`.
    package func variants(named text: String?) throws -> [Variant] {
        let ids = Set(try manifest.variants(named: text).map(\.assetId.text))
        return variants.filter { ids.contains($0.assetId) }
    }

    /// What a run would do; writes nothing.
    ///
    /// - Returns: a plan for each variant, in order.
    /// - Throws: what is wrong with the manifest, `graph.unknown-selection`, and what the stores
    ///   throw.
    package func plan(
        _ variants: [Variant], _ request: SelectionRequest
    ) async throws -> [VariantPlan] {
        try await plan(variants, request, await book())
    }

    /// Checks each variant by itself and against the others, unless that was done before.
    private func check(_ book: SealBook) async throws {
        guard book.checked != checkedDigest else { return }
        let releases = variants.compactMap { self.releases[$0.assetId] }
        let manifests = try await ConcurrentMap.map(releases, width: Self.planWidth) {
            try $0.manifest
        }
        var collisions = MatrixCollisions()
        for (manifest, release) in zip(manifests, releases) {
            try collisions.add(manifest, location: release.location)
        }
    }

    private func plan(
        _ variants: [Variant], _ request: SelectionRequest, _ book: SealBook
    ) async throws -> [VariantPlan] {
        let planner = VariantPlanner(book, equipment)
        let seals = try await seals(of: variants, request, book, planner)
        return try await ConcurrentMap.map(
            Array(zip(variants, seals)), width: Self.planWidth
        ) { variant, seal in
            if let seal { return .sealed(seal) }
            let graph = try variant.graph()
            guard let selection = try request.resolvedWhereKnown(in: graph) else {
                return .unconcerned
            }
            let plan = try await planner.plan(variant, graph, selection)
            return try withSuperseded(plan, graph, variant)
        }
    }

    /// Notes what the variant does not ask for any more.
    private func withSuperseded(
        _ plan: VariantPlan, _ graph: StageGraph, _ variant: Variant
    ) throws -> VariantPlan {
        guard case .planned(var plan, let world) = plan,
            let release = releases[variant.assetId]
        else { return plan }
        plan.superseded = SupersededThings.formats(
            in: world.results, graph: graph, manifest: try release.manifest)
        return .planned(plan, world)
    }

    /// The seals that hold, one place for each variant; checks manifest and request first.
    private func seals(
        of variants: [Variant], _ request: SelectionRequest, _ book: SealBook,
        _ planner: VariantPlanner
    ) async throws -> [Seal?] {
        try await check(book)
        try request.check(against: variants.lazy.map { variant in { try variant.graph() } })
        // Only what asks for everything as it is may take a seal's word.
        guard request.isEverything else { return variants.map { _ in nil } }
        return try await ConcurrentMap.map(variants, width: Self.planWidth) {
            try await planner.seal(of: $0)
        }
    }

    /// Brings variants up to date, and writes the summary of the whole matrix.
    ///
    /// - Parameters:
    ///   - options: of every run.
    ///   - onEvent: told of everything.
    /// - Returns: how each of the variants ended that had to be looked at closely, and the summary.
    /// - Throws: what is wrong with the manifest or the selection, before anything starts; what the
    ///   matrix's own store throws.
    package func run(
        _ variants: [Variant], _ request: SelectionRequest, _ options: RunOptions,
        onEvent: @escaping @Sendable (RunEvent) -> Void
    ) async throws -> (outcomes: [VariantRunner.Outcome], summary: MatrixSummary) {
        let start = time.monotonicSeconds()
        let work = try await work(variants, request, options, onEvent)
        let runner = VariantRunner(equipment, width: manifest.atOnce, onEvent: onEvent)
        try await settle(work, request, options, runner)
        let outcomes = try await runner.run(work, options) { graph in
            try request.resolvedWhereKnown(in: graph) ?? Selection(only: [])
        }
        func finish(_ status: RunSummary.Status) {
            let seconds = time.monotonicSeconds() - start
            onEvent(
                RunEvent(
                    time: time.now(), stage: nil, kind: .runFinished(status, seconds: seconds)))
        }
        guard !Task.isCancelled else {
            finish(.interrupted)
            throw CancellationError()
        }
        if let problem = outcomes.compactMap(\.problem).first(
            where: { $0.code.hasPrefix("realm.") })
        {
            finish(.failed)
            throw problem
        }
        let summary = try await collect(
            waitLockSeconds: max(Self.lockSeconds, options.waitLockSeconds))
        finish(outcomes.allSatisfy(\.isFresh) ? .succeeded : .failed)
        return (outcomes, summary)
    }

    /// The variants that need a run of their own; tells of the others.
    private func work(
        _ variants: [Variant], _ request: SelectionRequest, _ options: RunOptions,
        _ onEvent: @Sendable (RunEvent) -> Void
    ) async throws -> [Variant] {
        let book = await book()
        let planner = VariantPlanner(book, equipment)
        var seals = try await seals(of: variants, request, book, planner)
        if let realms, seals.contains(where: { $0?.isAccountCompared == false }) {
            try await realms.ask()
            seals = try await self.seals(of: variants, request, book, planner)
        }
        // Whether outputs still exist, no seal knows.
        if options.verify { return variants }
        for case (let variant, let seal?) in zip(variants, seals) {
            var event = RunEvent(time: time.now(), stage: nil, kind: .sealed(seal))
            event.assetId = variant.assetId
            onEvent(event)
        }
        return zip(variants, seals).filter { $0.1 == nil }.map(\.0)
    }

    /// What is recorded of all variants; writes the summary where it says something new, and seals
    /// what is fresh.
    ///
    /// - Parameter waitLockSeconds: how long to wait for another run that collects.
    /// - Throws: `results.locked`, and what the stores throw.
    package func collect(waitLockSeconds: Double = lockSeconds) async throws -> MatrixSummary {
        // Whose lock it was says nothing: what is written is a cache and a summary.
        try await store.locked(
            by: equipment.lock, waitSeconds: waitLockSeconds, warn: { _ in }
        ) { try await collectLocked() }
    }

    private func collectLocked() async throws -> MatrixSummary {
        var book = await book()
        let before = book.bytes
        let plans = try await plan(variants, SelectionRequest(), book)
        let entries = try await ConcurrentMap.map(
            Array(zip(variants, plans)), width: Self.planWidth
        ) { variant, plan in
            MatrixSummary.Entry(
                assetId: variant.assetId, plan: plan,
                release: try await variant.store.readFile(ReleaseNotes.documentName).map {
                    try JSONValue.parse(
                        $0, source: "\(variant.store.location)/\(ReleaseNotes.documentName)")
                })
        }
        let summary = MatrixSummary(entries: entries)
        let bytes = Array(summary.json.prettyText.utf8)
        if try await store.readFile(MatrixSummary.fileName) != bytes {
            try await store.writeFile(MatrixSummary.fileName, bytes)
        }
        // A seal tells nothing of what is not asked for any more.
        let fresh = zip(variants, plans).filter { _, plan in
            !plan.hasWork && plan.plan?.superseded.isEmpty == true
        }.map(\.0)
        for seal in try await seal(fresh) { book.add(seal) }
        book.keep(Set(variants.map(\.assetId)))
        book.checked = checkedDigest
        if book.bytes != before { try await store.writeFile(SealBook.fileName, book.bytes) }
        return summary
    }

    /// Seals variants; those that were written to just now a moment later, so that a change in the
    /// same tick of the clock cannot hide.
    private func seal(_ variants: [Variant]) async throws -> [NewSeal] {
        guard !variants.isEmpty else { return [] }
        try await time.sleep(seconds: StoreFingerprint.settlingSeconds)
        let planner = VariantPlanner(SealBook(), equipment)
        return try await ConcurrentMap.map(variants, width: Self.planWidth) { variant in
            try await planner.newSeal(of: variant)
        }.compactMap { $0 }
    }

    /// The seals; none where they cannot be read, which only costs time.
    private func book() async -> SealBook {
        guard let bytes = try? await store.readFile(SealBook.fileName) else { return SealBook() }
        return SealBook(bytes)
    }
}
