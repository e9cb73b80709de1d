import Diagnostics
import JSON

/// Ephemeral stages: started when their first consumer has to run, taken down after the last.
extension Execution {
    /// Starts the wanted machines whose own machines are up.
    func startMachines(_ group: inout TaskGroup<Completion>) {
        var later: [Int] = []
        for number in wanted where machines[number] == .wanted {
            let isReady = graph.upstream[number].allSatisfy {
                !graph.stages[$0].isEphemeral || machines[$0] == .up
            }
            guard isReady else {
                later.append(number)
                continue
            }
            machines[number] = .starting
            start(number, &group)
        }
        wanted = later
    }

    /// Starts a durable stage whose machines are all up.
    func launchIfReady(_ number: Int, _ group: inout TaskGroup<Completion>) {
        guard phases[number] == .committed, !mustEnd,
            graph.ephemeralBehind[number].allSatisfy({ machines[$0] == .up })
        else { return }
        phases[number] = .running
        start(number, &group)
    }

    private func start(_ number: Int, _ group: inout TaskGroup<Completion>) {
        let worker = StageWorker(
            setup: setup, stage: graph.stages[number],
            material: material(number, snapshots[number] ?? InputDigests()),
            inputs: setup.inputs(behind: number),
            upstream: graph.upstreamOutputs(of: number) { outputs[$0] },
            earlier: records[number])
        // What stands already would be lost with a stage that fails.
        let isBuiltOn =
            !graph.ephemeralBehind[number].isEmpty
            || (!graph.stages[number].isEphemeral && !graph.upstream[number].isEmpty)
        group.addTask {
            await OutagePatience.$seconds.withValue(isBuiltOn ? OutagePatience.longSeconds : 0) {
                .ran(number, await worker.run())
            }
        }
    }

    /// A machine is up, or failed to come up.
    func machineStarted(_ number: Int, _ outcome: StageWorker.Outcome) {
        recorder.add(number, outcome)
        records[number] = outcome.record ?? records[number]
        outputs[number] = outcome.outputs
        closable.append(number)
        guard outcome.status != .succeeded else {
            machines[number] = .up
            launchable += consumers[number]
            return
        }
        machines[number] = .failed
        hasTrouble[number] = true
        for other in graph.ephemeralBehind[number] { hasTrouble[other] = true }
        if outcome.status == .failed { stopAfterFailure(of: number) }
        let cause: BlockCause = outcome.status == .failed ? .failed : .cancelled
        let reason = Reason.blockedBy(graph.stages[number].name, cause)
        for consumer in consumers[number] {
            if phases[consumer] == .committed {
                let isFailed = outcome.status == .failed
                finish(
                    consumer, isFailed ? .blocked : .cancelled,
                    problem: isFailed ? blocked(consumer, [reason]) : nil)
            } else {
                // It may still turn out fresh, but it will never use a machine.
                release(consumer)
            }
        }
    }

    /// Why a machine cannot be had any more; nil where it can.
    func machineProblem(_ number: Int) -> BlockCause? {
        if setup.options.selection.skip.contains(graph.stages[number].name) { return .skipped }
        switch machines[number] {
        case .down, .wanted, .starting, .up: return nil
        case .failed, .takingDown, .ended: return recorder.blockCause(number) ?? .cancelled
        }
    }

    /// A durable stage will use its machines no more.
    func release(_ number: Int) {
        guard !isReleased[number] else { return }
        isReleased[number] = true
        for other in graph.ephemeralBehind[number] {
            unsettledConsumers[other] -= 1
            guard unsettledConsumers[other] == 0 else { continue }
            if machines[other] == .wanted { machines[other] = .down }
            closable.append(other)
        }
    }

    /// Takes a machine down where nothing needs it any more.
    func close(_ number: Int, _ group: inout TaskGroup<Completion>) {
        guard machines[number] == .up || machines[number] == .failed,
            unsettledConsumers[number] == 0,
            !graph.dependents[number].contains(where: {
                graph.stages[$0].isEphemeral && machines[$0].isStanding
            })
        else { return }
        guard hasTrouble[number] else { return takeDown(number, &group) }
        switch (setup.options.onError, keepAnswer) {
        case (.cleanup, _), (.ask, false): takeDown(number, &group)
        case (.keep, _), (.ask, true): leave(number, &group)
        case (.ask(let ask), nil):
            waitingForAnswer.append(number)
            guard waitingForAnswer.count == 1 else { return }
            let name = graph.stages[number].name
            group.addTask { .asked(keep: await ask(name)) }
        }
    }

    private func takeDown(_ number: Int, _ group: inout TaskGroup<Completion>) {
        machines[number] = .takingDown
        let stage = graph.stages[number]
        let setup = setup
        let context = context(of: number)
        group.addTask {
            if await !Self.unfinished(stage.name, setup).isEmpty {
                setup.events.emit(
                    .stageProgress(percent: nil, message: "taking down"), stage: stage.name)
            }
            do {
                try await Shield.run(
                    seconds: setup.options.takeDownSeconds,
                    "taking down stage `\(stage.name)`"
                ) { try await stage.takeDown(context) }
                return .takenDown(number, nil, left: [])
            } catch {
                let left = await Self.unfinished(stage.name, setup)
                let problem = Diagnostic.from(error).wrapped(
                    in: "stage `\(stage.name)` could not be taken down: "
                        + Self.names(of: left, setup),
                    hint: Self.removal(setup))
                setup.events.emit(.error(problem), stage: stage.name)
                return .takenDown(number, problem, left: left)
            }
        }
    }

    private func context(of number: Int) -> StageContext {
        setup.context(
            graph.stages[number],
            upstream: graph.upstreamOutputs(of: number) { outputs[$0] },
            earlier: records[number]?.lastGood)
    }

    private func leave(_ number: Int, _ group: inout TaskGroup<Completion>) {
        let made = machines[number] == .up ? outputs[number] : nil
        machines[number] = .takingDown
        let stage = graph.stages[number]
        let begun = Set(
            graph.stages.indices.filter { machines[$0] != .down && machines[$0] != .wanted }
                .map { graph.stages[$0].name })
        let context = context(of: number)
        let setup = setup
        group.addTask {
            let left = await Self.unfinished(stage.name, setup)
            guard !left.isEmpty else { return .takenDown(number, nil, left: []) }
            var words: String?
            do {
                words = try await Shield.run(
                    seconds: setup.options.takeDownSeconds,
                    "writing down that stage `\(stage.name)` is left"
                ) {
                    guard let made else { return nil }
                    return try await stage.leaveStanding(made, begun: begun, context)
                }
            } catch {
                setup.events.emit(
                    .warning(
                        "the next run cannot go on with what stage `\(stage.name)` made: "
                            + Diagnostic.from(error).summary), stage: stage.name)
            }
            let shown =
                words ?? "stage `\(stage.name)` is left as it is: "
                + "\(Self.names(of: left, setup)); \(Self.removal(setup))"
            for line in shown.split(separator: "\n") {
                setup.events.emit(.warning(String(line)), stage: stage.name)
            }
            return .takenDown(number, nil, left: left)
        }
    }

    /// A machine is gone, or left standing.
    func machineEnded(_ number: Int, _ problem: Diagnostic?, _ left: [JournalEntry]) {
        machines[number] = .ended
        recorder.leftovers += left
        if let problem { recorder.problems.append(problem) }
        closable += graph.upstream[number].filter { graph.stages[$0].isEphemeral }
    }

    private static func unfinished(_ name: StageName, _ setup: RunSetup) async -> [JournalEntry] {
        await setup.journal.unfinished().filter { $0.stage == name }
    }

    private static func names(of left: [JournalEntry], _ setup: RunSetup) -> String {
        if left.isEmpty { return "nothing of it is in the journal" }
        return left.map { entry in
            "\(entry.resource) `\(entry.id ?? entry.name ?? entry.token ?? "?")` in "
                + entry.region
        }.joined(separator: ", ")
    }

    private static func removal(_ setup: RunSetup) -> String {
        "the next run of asset id `\(setup.store.assetId)` removes it"
    }
}
