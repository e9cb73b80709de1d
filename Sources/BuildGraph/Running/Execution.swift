import Diagnostics
import Glibc
import JSON

/// One run's scheduler: what may start is started, what is no longer needed is taken down.
///
/// Every decision is made here, on one actor, between the ends of tasks. A durable stage is
/// decided on once all durable stages it rests on (through ephemeral ones too) are settled. Where
/// it has to run, its machines are started first; a machine is taken down as soon as no stage
/// that might use it is unsettled. Each stage and each edge is looked at a fixed number of times.
/// `DurablePhase` and `MachinePhase` are its state.
actor Execution {
    let setup: RunSetup
    let graph: StageGraph
    var recorder: OutcomeRecorder

    var phases: [DurablePhase]
    var machines: [MachinePhase]
    /// What each stage gives to those behind it in this run.
    var outputs: [JSONValue?]
    var records: [ResultRecord?]
    /// Durable stages upstream that are not settled yet.
    var waitingFor: [Int]
    /// Durable stages of this run behind each ephemeral one.
    var consumers: [[Int]]
    /// How many of those might still use it.
    var unsettledConsumers: [Int]
    var isReleased: [Bool]
    /// Whether something went wrong with it or one of its consumers.
    var hasTrouble: [Bool]
    /// What its own declared files were when it was decided on, by stage.
    var snapshots: [InputDigests?]
    /// Ephemeral stages that were asked for by themselves.
    var isAlone: [Bool]
    var ready: [Int] = []
    var wanted: [Int] = []
    var launchable: [Int] = []
    var closable: [Int] = []
    /// The answer to `--on-error ask`, once given.
    var keepAnswer: Bool?
    /// Who waits for that answer.
    var waitingForAnswer: [Int] = []
    /// Why no new stage starts; nil while they do.
    var stop: Stop?
    /// The stop that every waiting stage has been told of.
    var announcedStop: Stop?

    /// Why no new stage starts.
    enum Stop {
        case failure
        case interrupted
        /// Going on would do harm, as with a broken lock.
        case fatal
    }

    private var dependents: [[Int]]

    init(_ setup: RunSetup) {
        self.setup = setup
        graph = setup.graph
        recorder = OutcomeRecorder(setup)
        let count = setup.graph.stages.count
        phases = Array(repeating: .settled, count: count)
        machines = Array(repeating: .down, count: count)
        outputs = setup.plan.all.map(\.outputs)
        records = setup.graph.stages.map { setup.world.results[$0.name]?.record }
        waitingFor = Array(repeating: 0, count: count)
        consumers = Array(repeating: [], count: count)
        dependents = consumers
        unsettledConsumers = waitingFor
        isReleased = Array(repeating: false, count: count)
        hasTrouble = isReleased
        isAlone = isReleased
        snapshots = Array(repeating: nil, count: count)
        let plan = setup.plan
        for number in graph.stages.indices where plan.isListed[number] {
            let state = plan.all[number].state
            guard state == .run || state == .maybe else { continue }
            if graph.stages[number].isEphemeral {
                // One that was forced with nothing behind it runs like a durable one.
                isAlone[number] = plan.all[number].reasons == [.forced]
                if !isAlone[number] { continue }
            }
            phases[number] = .waiting
            for other in graph.durableUpstream[number] + graph.follows[number]
            where phases[other] != .settled {
                waitingFor[number] += 1
                dependents[other].append(number)
            }
            for other in graph.ephemeralBehind[number] {
                consumers[other].append(number)
                unsettledConsumers[other] += 1
            }
        }
    }

    /// Runs everything to its end.
    func run() async {
        await withTaskGroup(of: Completion.self) { group in
            begin(&group)
            while let completion = await group.next() {
                take(completion, &group)
                advance(&group)
            }
        }
        finishUnneeded()
    }

    /// How it all went; asked once everything has ended.
    func summary(seconds: Double) -> RunSummary {
        if setup.continuesEarlier { recorder.addEarlier() }
        return recorder.summary(seconds: seconds, isInterrupted: stop == .interrupted)
    }

    private func begin(_ group: inout TaskGroup<Completion>) {
        for number in graph.stages.indices where setup.plan.isListed[number] {
            let planned = setup.plan.all[number]
            if graph.stages[number].isEphemeral && !isAlone[number] { continue }
            switch planned.state {
            case .fresh where planned.isPromotion: promote(number, &group)
            case .fresh: recorder.finish(number, .fresh)
            case .blocked:
                recorder.finish(number, .blocked, problem: blocked(number, planned.reasons))
            case .run, .maybe: if waitingFor[number] == 0 { ready.append(number) }
            }
        }
        advance(&group)
    }

    private func take(_ completion: Completion, _ group: inout TaskGroup<Completion>) {
        switch completion {
        case .read(let number, let result): decide(number, result, &group)
        case .ran(let number, let outcome):
            if outcome.problem?.code == "results.lock-lost" { giveUp(&group) }
            if graph.stages[number].isEphemeral && !isAlone[number] {
                machineStarted(number, outcome)
            } else {
                ended(number, outcome)
            }
        case .promoted(let number, let problem):
            if problem?.code == "results.lock-lost" { giveUp(&group) }
            if problem != nil { stopAfterFailure(of: number) }
            if let problem { setup.events.emit(.error(problem), stage: graph.stages[number].name) }
            finish(number, problem == nil ? .fresh : .failed, problem: problem)
        case .asked(let keep):
            keepAnswer = keep
            closable += waitingForAnswer
            waitingForAnswer = []
        case .takenDown(let number, let problem, let left): machineEnded(number, problem, left)
        }
    }

    /// Starts and takes down whatever has become possible.
    private func advance(_ group: inout TaskGroup<Completion>) {
        if Task.isCancelled && stop != .fatal { stop = .interrupted }
        if stop != announcedStop { letGoOfWhatWaits() }
        while let number = ready.popLast() { consider(number, &group) }
        startMachines(&group)
        while let number = launchable.popLast() { launchIfReady(number, &group) }
        while let number = closable.popLast() { close(number, &group) }
    }

    /// A durable stage whose upstream is settled.
    private func consider(_ number: Int, _ group: inout TaskGroup<Completion>) {
        guard phases[number] == .waiting else { return }
        guard !mustEnd else { return finish(number, .cancelled) }
        let before = graph.durableUpstream[number] + graph.follows[number]
        let broken = before.compactMap { other -> Reason? in
            recorder.blockCause(other).map { .blockedBy(graph.stages[other].name, $0) }
        }
        guard broken.isEmpty else {
            return finish(number, .blocked, problem: blocked(number, broken))
        }
        phases[number] = .reading
        // Those that are up were read when they were started, and that is what they were made of.
        let pending = graph.ephemeralBehind[number].filter { snapshots[$0] == nil }
        let inputs = graph.stages[number].inputs + pending.flatMap { graph.stages[$0].inputs }
        let digester = setup.digester
        group.addTask {
            do {
                return .read(number, .success(try digester.digest(inputs)))
            } catch {
                return .read(number, .failure(.from(error)))
            }
        }
    }

    /// Decides whether a stage has to run, all of its inputs being known.
    private func decide(
        _ number: Int, _ result: Result<InputDigests, Diagnostic>,
        _ group: inout TaskGroup<Completion>
    ) {
        guard phases[number] == .reading else { return }
        let stage = graph.stages[number]
        guard case .success(let digests) = result else {
            if case .failure(let problem) = result {
                setup.events.emit(.error(problem), stage: stage.name)
                stopAfterFailure(of: number)
                finish(number, .failed, problem: problem)
            }
            return
        }
        snapshots[number] = digests
        if isAlone[number] { return commit(number, digests, &group) }
        let judgement = Judgement(
            material(number, digests), stored: setup.world.results[stage.name],
            own: Planner.ownReasons(number, graph, setup.world, setup.options.selection),
            unfit: setup.world.documents.unfit[stage.name] ?? [])
        if let match = judgement.match {
            outputs[number] = match.outputs
            if judgement.isPromotion { return promote(number, &group, key: match.key) }
            return finish(number, .fresh)
        }
        if let problem = protection(number, digests) {
            setup.events.emit(.error(problem), stage: stage.name)
            return finish(number, .blocked, problem: problem)
        }
        commit(number, digests, &group)
    }

    /// Notes that a stage has to run, and asks for its machines.
    private func commit(
        _ number: Int, _ digests: InputDigests, _ group: inout TaskGroup<Completion>
    ) {
        guard stop == nil else { return finish(number, .cancelled) }
        let lost = graph.ephemeralBehind[number].compactMap { other -> Reason? in
            machineProblem(other).map { .blockedBy(graph.stages[other].name, $0) }
        }
        guard lost.isEmpty else { return finish(number, .blocked, problem: blocked(number, lost)) }
        phases[number] = .committed
        for other in graph.ephemeralBehind[number] where machines[other] == .down {
            machines[other] = .wanted
            snapshots[other] = digests
            wanted.append(other)
        }
        launchable.append(number)
    }

    /// What a stage's key is made of in this run.
    func material(_ number: Int, _ digests: InputDigests) -> KeyMaterial {
        KeyMaterial(
            number, in: graph, digests: { $0 == number ? digests : snapshots[$0] ?? digests },
            outputs: { outputs[$0].map { Digest.of($0) } })
    }

    /// Ends a durable stage and lets everything behind it go on.
    func finish(_ number: Int, _ status: RunEvent.Status, problem: Diagnostic? = nil) {
        recorder.finish(number, status, problem: problem)
        settle(number)
    }

    /// Notes that nothing more will be known of a stage.
    func settle(_ number: Int) {
        guard phases[number] != .settled else { return }
        phases[number] = .settled
        for other in dependents[number] {
            waitingFor[other] -= 1
            if waitingFor[other] == 0 { ready.append(other) }
        }
        release(number)
    }

    private func ended(_ number: Int, _ outcome: StageWorker.Outcome) {
        recorder.add(number, outcome)
        if isAlone[number] {
            machines[number] = outcome.status == .succeeded ? .up : .failed
            hasTrouble[number] = outcome.status != .succeeded
            closable.append(number)
        }
        records[number] = outcome.record ?? records[number]
        outputs[number] = outcome.outputs
        if outcome.status != .succeeded {
            for other in graph.ephemeralBehind[number] { hasTrouble[other] = true }
        }
        if outcome.status == .failed { stopAfterFailure(of: number) }
        settle(number)
    }

    private func promote(_ number: Int, _ group: inout TaskGroup<Completion>, key: String? = nil) {
        guard let key = key ?? setup.plan.all[number].key,
            let record = records[number]?.promoting(
                key: key, identify: graph.stages[number].identify)
        else { return finish(number, .fresh) }
        phases[number] = .running
        let store = setup.store
        group.addTask {
            do {
                try await store.save(record)
                return .promoted(number, nil)
            } catch {
                return .promoted(number, .from(error))
            }
        }
    }

    private func giveUp(_ group: inout TaskGroup<Completion>) {
        stop = .fatal
        group.cancelAll()
    }
}
