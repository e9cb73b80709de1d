import BuildGraph
import Diagnostics
import FoundationEssentials
import JSON
import Sandbox
import Synchronization

/// One command's matrix with everything that it is worked on with; making one reads the manifests
/// and touches nothing else.
struct MatrixSession: Sendable {
    let call: Invocation
    let options: GlobalOptions
    let matrix: Matrix
    /// Those that the command is about.
    let variants: [Variant]
    let output: EventOutput
    let services: SandboxServices
    private let isLocal: Bool
    private let place: ResultPlace

    /// The session of a command that works on many releases; nil where its manifest is no matrix.
    ///
    /// - Parameter single: an option that is given and makes sense for one release only: with it,
    ///   the one variant that `--asset-id` names is worked on as any release is.
    /// - Throws: what is wrong with the manifests; `usage.matrix`.
    static func ofMatrix(
        _ manifestOptions: ManifestOptions, _ options: GlobalOptions, _ call: Invocation,
        single: String? = nil
    ) throws -> MatrixSession? {
        guard try MatrixManifest.isMatrix(manifestOptions.manifest) else { return nil }
        let session = try MatrixSession(manifestOptions, options, call)
        guard let single else { return session }
        guard session.variants.count == 1 else { throw MatrixText.needsOneVariant(single) }
        return nil
    }

    /// - Throws: what is wrong with the manifests; `usage.asset-id`.
    init(
        _ manifestOptions: ManifestOptions, _ options: GlobalOptions, _ call: Invocation
    ) throws {
        let changes = manifestOptions.changes
        let manifest = try MatrixManifest(
            contentsOf: manifestOptions.manifest,
            overrides: try changes.overrides(region: options.region, call.environment))
        let output = EventOutput(options, call)
        isLocal = changes.local
        services = ServiceWiring.services(
            options, call, workload: manifest.base, isLocal: isLocal, say: { output.say($0) })
        let place = try ResultPlace(
            manifest.base, services.aws, home: call.environment["HOME"],
            isOwnOfLocal: changes.hasOwnLocalResults)
        var pipeline = PipelineOptions()
        pipeline.verifiesByDefault = isLocal
        let cache = place.digestCache(of: try place.store(manifest.name))
        matrix = try Matrix(
            manifest, services: services, pipeline: pipeline, stores: { try place.store($0) },
            equipment: Equipment(
                digester: InputDigester(
                    root: manifest.base.project.path, cachePath: cache,
                    equals: MachineTemplate.equals),
                tool: Version.tool, time: call.time,
                lock: .ofThisProcess(
                    runId: UUID().uuidString.lowercased(), command: call.commandLine,
                    now: call.time.now()),
                recovery: ReleaseRecovery(services: services), realms: services.realms))
        variants = try matrix.variants(named: changes.assetId)
        self.options = options
        self.output = output
        self.call = call
        self.place = place
    }

    /// Says once where an older program's local runs recorded.
    func sayLocalHint() throws {
        if let hint = try place.localHint(variants.map(\.assetId)) { output.say(hint) }
    }

    /// Runs what is stale of all of them.
    func run(
        _ selection: SelectionOptions, _ running: RunningOptions
    ) async throws -> ExitStatus {
        try sayLocalHint()
        var options = running.options(call.console)
        options.verify = selection.verify
        let (request, common) = (selection.request, options)
        return try await Interruptible().run(output) {
            let hasSaid = Mutex(!isLocal)
            let (outcomes, summary) = try await matrix.run(
                variants, request, common
            ) { event in
                // Once, and only where a machine may be made.
                if case .plan(let plan) = event.kind, !plan.isFresh,
                    hasSaid.withLock({ said in
                        defer { said = true }
                        return !said
                    })
                {
                    ServiceWiring.sayLocalPasswords(call.environment) { output.say($0) }
                }
                output.receive(event)
            }
            show(summary, runs: outcomes)
            return ExitStatus(outcomes)
        }
    }

    /// Writes the summary from what is recorded; runs nothing.
    func collect() async throws -> ExitStatus {
        try await Interruptible().run(output) { try await collectNow() }
    }

    /// Collects, and names what is not up to date.
    func collectNow() async throws -> ExitStatus {
        let summary = try await matrix.collect()
        show(summary, runs: [])
        let ids = Set(variants.map(\.assetId))
        let stale = summary.entries.filter { ids.contains($0.assetId) && $0.status != .fresh }
        if stale.isEmpty { return .fresh }
        output.receive(
            RunEvent(time: services.time.now(), stage: nil, kind: .error(MatrixText.stale(stale))))
        return .failed
    }

    private func show(_ summary: MatrixSummary, runs: [VariantRunner.Outcome]) {
        if options.json {
            output.printLine(MatrixText.event(summary, at: call.time.now()).compactText)
        }
        let left = runs.count(where: \.isLeftOut)
        if left > 0 {
            output.say(
                "\(left) variants were not begun, because another failed: `-k` goes on with them")
        }
        output.say(MatrixText.line(summary))
        output.say("the summary is in `\(matrix.store.location)/\(MatrixSummary.fileName)`")
    }
}
