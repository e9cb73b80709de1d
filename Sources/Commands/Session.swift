import Ansible
import BuildGraph
import Diagnostics
import FoundationEssentials
import Glibc
import HTTP
import JSON
import Sandbox

/// One command's manifest with everything that it is worked on with; making one reads the
/// manifest and touches nothing else.
struct Session: Sendable {
    let call: Invocation
    let options: GlobalOptions
    let workload: any Workload
    let workplace: Workplace
    let output: EventOutput
    let services: SandboxServices
    private let place: ResultPlace

    var graph: StageGraph { workplace.graph }
    var store: any ResultStore { workplace.store }
    /// Who runs this, for the lock.
    var lock: LockInfo { workplace.lock }

    /// - Parameters:
    ///   - kind: the only kind of manifest that the command works on; nil for any.
    ///   - pipeline: what the command says about how the stages are laid out.
    ///   - output: where events go; nil for what the options say.
    init(
        _ manifestOptions: ManifestOptions, _ options: GlobalOptions, _ call: Invocation,
        kind: (any Workload.Type)? = nil, pipeline: PipelineOptions = PipelineOptions(),
        output: EventOutput? = nil
    ) throws {
        let isLocal = manifestOptions.changes.local
        let workload = try WorkloadKind.read(
            contentsOf: manifestOptions.manifest,
            overrides: try manifestOptions.changes.overrides(
                region: options.region, call.environment),
            wanted: kind)
        let isFirst = output == nil
        let output = output ?? EventOutput(options, call)
        let services = ServiceWiring.services(
            options, call, workload: workload, isLocal: isLocal, say: { output.say($0) })
        let place = try ResultPlace(
            workload, services.aws, home: call.environment["HOME"],
            isOwnOfLocal: manifestOptions.changes.hasOwnLocalResults)
        let store = try place.store(
            workload.storeName,
            subfolder: pipeline.machineTask == nil ? nil : MachinePipeline.folder)
        if isFirst, let hint = try place.localHint([workload.storeName]) { output.say(hint) }
        var pipeline = pipeline
        if pipeline.machineTask?.needsFolder == true {
            pipeline.resultsFolder = try place.requiredFolder(of: store)
        }
        pipeline.verifiesByDefault = isLocal
        self.call = call
        self.options = options
        self.workload = workload
        self.output = output
        self.services = services
        self.place = place
        let needsCloud = !pipeline.isRecordedOnly && pipeline.machineTask?.isOfGivenHost != true
        let equipment = Equipment(
            digester: InputDigester(
                root: workload.project.path, cachePath: place.digestCache(of: store),
                equals: MachineTemplate.equals),
            tool: Version.tool, time: call.time,
            lock: .ofThisProcess(
                runId: UUID().uuidString.lowercased(), command: call.commandLine,
                now: call.time.now()),
            recovery: pipeline.isRecordedOnly
                ? nil : ReleaseRecovery(services: services, stacks: workload.permanentStacks),
            realms: needsCloud ? services.realms : nil)
        // Only a release finishes machines.
        let finishesMachines = isLocal && workload is ReleaseManifest
        workplace = Workplace(
            graph: try StageGraph(workload.stages(services: services, options: pipeline)),
            store: store, equipment: equipment
        ) { event in
            if finishesMachines, case .plan(let plan) = event.kind, !plan.isFresh {
                ServiceWiring.sayLocalPasswords(call.environment) { output.say($0) }
            }
            output.receive(event)
        }
    }

    /// Where the runs of the developer's machines record, whatever this session is about.
    var machineStore: any ResultStore {
        get throws {
            try place.store(workload.storeName, subfolder: MachinePipeline.folder)
        }
    }

    /// The manifest of a command that only makes sense for a release.
    ///
    /// - Throws: `manifest.kind`.
    var manifest: ReleaseManifest {
        get throws {
            if let release = workload as? ReleaseManifest { return release }
            throw WorkloadKind.unsuitable(
                workload.path, kind: type(of: workload).kind, wanted: [ReleaseManifest.kind])
        }
    }

    /// The stages that the command line names.
    ///
    /// - Throws: `graph.unknown-selection`.
    func selection(_ options: SelectionOptions) throws -> Selection {
        try options.request.resolved(in: graph)
    }

    /// What a run would do; reads, and with `verify` asks AWS.
    ///
    /// - Parameters:
    ///   - bearsSilence: whether a question that AWS does not answer is no error.
    ///   - compares: whether the results have to be of the realm that is worked in.
    /// - Throws: `realm.differs`; what reading throws; what asking AWS throws.
    func plan(
        _ selection: Selection, verify: Bool, bearsSilence: Bool = false, compares: Bool = true
    ) async throws -> (plan: Plan, world: RecordedWorld) {
        var (plan, world) = try await workplace.plan(
            selection, verify: verify, bearsSilence: bearsSilence, compares: compares)
        if let manifest = workload as? ReleaseManifest {
            plan.superseded = SupersededThings.formats(
                in: world.results, graph: graph, manifest: manifest)
        }
        return (plan, world)
    }

    /// Shows what the stages of a plan would change in the world, where they can tell.
    func preview(_ plan: Plan, _ world: RecordedWorld) async throws {
        try await compareAgain(plan, world)
        try await workplace.preview(plan, world)
    }

    /// Stacks are asked about in the account that is worked in, which has to be the right one.
    private func compareAgain(_ plan: Plan, _ world: RecordedWorld) async throws {
        guard let realms = workplace.realms, workload is InfrastructureManifest,
            plan.stages.contains(where: { $0.state == .run })
        else { return }
        do {
            try await realms.ask()
        } catch let problem as Diagnostic where problem.code == "realm.unknown" {
            // Each stack says that it cannot be asked about.
            return
        }
        var world = world
        try await world.compare(with: realms, graph, journal: [], location: store.location)
    }

    /// Writes a plan for `run --plan`.
    func write(_ plan: Plan, _ world: RecordedWorld, to path: String) async throws {
        let file = PlanFile(
            plan, world, assetId: store.assetId, realm: try await workplace.realms?.present())
        try AtomicFile.write(Array(file.json.prettyText.utf8), to: path)
    }

    /// Shows an event that no run emits.
    func emit(_ kind: RunEvent.Kind, stage: StageName? = nil) {
        output.receive(RunEvent(time: call.time.now(), stage: stage, kind: kind))
    }

    /// Runs what is stale.
    func run(_ options: RunOptions) async throws -> ExitStatus {
        let summary = try await workplace.run(options)
        if summary.status == .succeeded { output.say("results are in `\(store.location)`") }
        return ExitStatus(summary)
    }
}
