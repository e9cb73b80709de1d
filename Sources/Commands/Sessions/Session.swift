import BuildGraph
import Diagnostics
import JSON
import Releasing

/// One command's manifest with everything that it is worked on with; making one touches nothing.
struct Session: Sendable {
    let manifest: SingleManifest
    let workplace: Workplace
    private let bench: Workbench
    private let commandLine: ReleaseCommandLine

    var call: Invocation { bench.call }
    var options: GlobalOptions { bench.options }
    var output: EventOutput { bench.output }
    var services: Services { bench.services }
    var graph: StageGraph { workplace.graph }
    var store: any ResultStore { workplace.store }
    /// Who runs this, for the lock.
    var lock: LockInfo { workplace.lock }

    /// - Parameters:
    ///   - path: the manifest as named on the command line; nil for that of the release itself.
    ///   - layout: how the stages of a release are laid out.
    ///   - output: where events go; nil for what the options say.
    init(
        _ manifest: SingleManifest, _ changes: ManifestChanges, _ options: GlobalOptions,
        _ call: Invocation, named path: String? = nil,
        layout: PipelineLayout = .release(ReleaseLayout()), output: EventOutput? = nil
    ) throws {
        let bench = try Workbench(manifest.place, changes, options, call, output: output)
        if output == nil, let hint = try bench.results.localHint([manifest.storeName]) {
            bench.output.say(hint)
        }
        let commandLine = changes.commandLine(
            of: path ?? manifest.place.path, options,
            assetId: changes.assetId.map { _ in manifest.storeName })
        try self.init(
            manifest, bench,
            layout.completed(isLocal: bench.isLocal, adoptCommand: commandLine), commandLine)
    }

    private init(
        _ manifest: SingleManifest, _ bench: Workbench, _ layout: PipelineLayout,
        _ commandLine: ReleaseCommandLine
    ) throws {
        let (output, services, variables) = (bench.output, bench.services, bench.call.environment)
        let store = try bench.results.store(manifest.storeName, subfolder: layout.subfolder)
        self.manifest = manifest
        self.bench = bench
        self.commandLine = commandLine
        // Only a release finishes machines.
        let finishesMachines = bench.isLocal && manifest.release != nil
        workplace = Workplace(
            graph: try StageGraph(
                manifest.stages(services: services, layout: layout) {
                    try bench.results.requiredFolder(of: store)
                }),
            store: store,
            equipment: bench.equipment(
                of: store,
                recovery: layout.recovers
                    ? ReleaseRecovery(services: services, stacks: manifest.permanentStacks) : nil,
                needsCloud: layout.needsCloud)
        ) { event in
            if finishesMachines, case .plan(let plan) = event.kind, !plan.isFresh {
                ServiceWiring.sayLocalPasswords(variables) { output.say($0) }
            }
            output.receive(event)
        }
    }

    /// A workplace of the same command, laid out in another way.
    func beside(_ layout: PipelineLayout) throws -> Workplace {
        try Session(manifest, bench, layout, commandLine).workplace
    }

    /// Where the runs of the developer's machines record, whatever this session is about.
    var machineStore: any ResultStore {
        get throws {
            try bench.results.store(manifest.storeName, subfolder: MachinePipeline.folder)
        }
    }

    /// The results of the other assets beside these that hold a document.
    func otherStores(holding document: String) async throws -> [any ResultStore] {
        try await bench.results.stores(besides: manifest.storeName, holding: document)
    }

    /// The stages that the command line names.
    ///
    /// - Throws: `graph.unknown-selection`.
    func selection(_ options: SelectionOptions) throws -> Selection {
        try options.request.resolved(in: graph)
    }

    /// Writes a plan for `run --plan`.
    func write(_ plan: Plan, _ world: RecordedWorld, to path: String) async throws {
        let file = PlanFile(
            plan, world, assetId: store.assetId, realm: try await workplace.realms?.present())
        try AtomicFile.write(Array(file.json.prettyText.utf8), to: path)
    }

    /// Shows an event that no run emits.
    func emit(_ kind: RunEvent.Kind, stage: StageName? = nil) {
        workplace.events.emit(kind, stage: stage)
    }
}

extension Session {
    /// Runs stages, heeding signals, as every command does that runs something.
    ///
    /// - Parameters:
    ///   - onError: what becomes of machines.
    ///   - isAnswered: asked at each signal; true where somebody waited for it.
    ///   - work: says how it ended.
    func perform(
        onError: OnError = .cleanup,
        isAnswered: @escaping @Sendable () -> Bool = { false },
        _ work: @escaping @Sendable () async throws -> RunSummary
    ) async throws -> ExitStatus {
        var interruption = bench.interruption(manifest.release, commandLine)
        interruption.onError = onError
        return try await Interruptible(isAnswered: isAnswered, interruption: interruption).run(
            output
        ) {
            let summary = try await work()
            show(summary)
            return ExitStatus(summary)
        }
    }

    /// Says how a run ended.
    func show(_ summary: RunSummary) {
        output.finish()
        var lines: [String] = []
        switch summary.status {
        case .succeeded:
            lines = RunEndText.success(
                things(of: summary, \.outputs), earlier: things(of: summary, \.earlierOutputs),
                seconds: summary.seconds, location: store.location)
        case .failed, .interrupted: lines = RunEndText.failure(summary, output.errorPalette)
        }
        for line in lines { output.say(line) }
    }

    private func things(
        of summary: RunSummary, _ outputs: (RunSummary.Stage) -> JSONValue?
    ) -> [MadeThing] {
        let known = Dictionary(
            uniqueKeysWithValues: summary.stages.compactMap { stage in
                outputs(stage).map { (stage.name, $0) }
            })
        return MadeThing.things(in: known, region: manifest.release?.region)
    }

    /// Runs what is stale.
    func run(_ options: RunOptions) async throws -> ExitStatus {
        let status = try await perform(onError: options.onError) {
            try await workplace.run(options)
        }
        if status == .fresh || status == .failed { await summarize() }
        return status
    }
}
