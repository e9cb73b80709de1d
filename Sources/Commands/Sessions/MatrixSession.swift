import BuildGraph
import Diagnostics
import JSON
import Releasing
import Synchronization

/// One command's matrix with everything that it is worked on with; making one touches nothing.
struct MatrixSession: Sendable {
    let matrix: Matrix
    /// Those that the command is about.
    let variants: [Variant]
    private let bench: Workbench
    private let interruption: Interruption

    var call: Invocation { bench.call }
    var options: GlobalOptions { bench.options }
    var output: EventOutput { bench.output }
    var services: Services { bench.services }

    /// - Parameter comparesRealms: whether results have to be of the realm that is worked in.
    /// - Throws: `results.address`, `usage.asset-id`.
    init(
        _ manifest: MatrixManifest, _ changes: ManifestChanges, _ options: GlobalOptions,
        _ call: Invocation, layout: ReleaseLayout = ReleaseLayout(),
        comparesRealms: Bool = true
    ) throws {
        let bench = try Workbench(manifest.base.place, changes, options, call)
        let commandLine = changes.commandLine(of: manifest.path, options)
        let layout = layout.completed(
            isLocal: bench.isLocal,
            adoptCommand: commandLine)
        matrix = try Matrix(
            manifest, services: bench.services, layout: layout,
            stores: { try bench.results.store($0) },
            equipment: bench.equipment(
                of: try bench.results.store(manifest.name),
                recovery: ReleaseRecovery(services: bench.services),
                needsCloud: comparesRealms))
        variants = try matrix.variants(named: changes.assetId)
        self.bench = bench
        interruption = bench.interruption(manifest.base, commandLine)
    }

    /// Says once where an older program's local runs recorded.
    func sayLocalHint() throws {
        if let hint = try bench.results.localHint(variants.map(\.assetId)) { output.say(hint) }
    }

    /// Runs what is stale of all of them.
    func run(
        _ selection: SelectionOptions, _ running: RunningOptions
    ) async throws -> ExitStatus {
        try sayLocalHint()
        var options = running.options(call.console)
        options.verify = selection.verify
        // Nobody can tell whose question it is where many ask at once.
        options.adopts = nil
        let (request, common) = (selection.request, options)
        output.expect(releases: variants.count)
        let status = try await Interruptible(interruption: interruption).run(output) {
            let hasSaid = Mutex(!bench.isLocal)
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
        if status == .fresh || status == .failed { await summarize() }
        return status
    }

    /// Writes the summary from what is recorded; runs nothing.
    ///
    /// - Parameter waitLockSeconds: how long to wait for another run; nil for `Matrix.lockSeconds`.
    func collect(waitLockSeconds: Double?) async throws -> ExitStatus {
        try await Interruptible().run(output) {
            try await collectNow(waitLockSeconds: waitLockSeconds)
        }
    }

    /// Collects, and names what is not up to date.
    func collectNow(waitLockSeconds: Double?) async throws -> ExitStatus {
        let summary = try await matrix.collect(
            waitLockSeconds: waitLockSeconds ?? Matrix.lockSeconds)
        show(summary, runs: [])
        let ids = Set(variants.map(\.assetId))
        let stale = summary.entries.filter { ids.contains($0.assetId) && $0.status != .fresh }
        if stale.isEmpty { return .fresh }
        emit(MatrixText.stale(stale))
        return .failed
    }

    /// Shows an error that does not end the command.
    func emit(_ problem: Diagnostic) {
        output.receive(RunEvent(time: services.time.now(), stage: nil, kind: .error(problem)))
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
