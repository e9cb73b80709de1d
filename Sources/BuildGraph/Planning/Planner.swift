/// Decides what is stale, why, and what a run would do; a pure function.
///
/// One walk down the graph judges every durable stage, one walk up finds what the selected ones
/// cannot do without and which ephemeral stages that takes. Both are linear.
///
/// A skipped stage is not run and not listed. What is behind it reads its recorded outputs, old as
/// they may be; where it has none, whatever is behind it is `blocked`. What is behind a blocked
/// stage is blocked too.
package struct Planner {
    private let graph: StageGraph
    private let world: RecordedWorld
    private let selection: Selection
    private let digests: InputDigests
    private let whatIf: Set<String>
    private var stages: [PlannedStage] = []
    /// The digest of each durable stage's outputs, where they are known.
    private var outputDigests: [String?] = []

    /// Makes a plan.
    package static func plan(
        _ graph: StageGraph, _ world: RecordedWorld, _ selection: Selection = Selection()
    ) -> Plan {
        var planner = Planner(graph, world, selection)
        for number in graph.stages.indices { planner.judge(number) }
        let isListed = planner.select()
        planner.markUnbound()
        planner.addEffects(isListed)
        let time = ExpectedTime(graph, planner.stages, isListed: isListed)
        return Plan(
            stages: zip(planner.stages, isListed).filter(\.1).map(\.0), selection: selection,
            all: planner.stages, isListed: isListed, digests: planner.digests,
            isAccountCompared: world.isAccountCompared, graph: graph, seconds: time.seconds)
    }

    private init(_ graph: StageGraph, _ world: RecordedWorld, _ selection: Selection) {
        self.graph = graph
        self.world = world
        self.selection = selection
        let changed = WhatIf(selection.whatIf, graph, world.digests)
        digests = changed.digests
        whatIf = changed.files
        stages.reserveCapacity(graph.stages.count)
    }

    private mutating func judge(_ number: Int) {
        let stage = graph.stages[number]
        let stored = world.results[stage.name]
        let lastGood = stored?.record?.lastGood
        guard !stage.isEphemeral else {
            outputDigests.append(nil)
            append(stage, Judgement.unneeded, nil, lastGood)
            return
        }
        let material = KeyMaterial(
            number, in: graph, digests: { _ in digests }, outputs: { outputDigests[$0] })
        var judgement = Judgement(
            material, stored: stored, own: Self.ownReasons(number, graph, world, selection),
            whatIf: whatIf, unfit: world.documents.unfit[stage.name] ?? [])
        if world.gone.contains(stage.name) {
            judgement.reasons = judgement.reasons.map { $0 == .neverRan ? .localCloudGone : $0 }
        }
        if judgement.state != .fresh {
            let blockers = blockers(of: number, judgement.state)
            if !blockers.isEmpty {
                judgement.state = .blocked
                judgement.reasons.removeAll { reason in
                    blockers.contains { $0.upstreamStage == reason.upstreamStage }
                }
                judgement.reasons += blockers
            }
        }
        append(stage, judgement, material, lastGood)
        let counts = judgement.state == .fresh || selection.skip.contains(stage.name)
        let outputs = counts ? stages[number].outputs : nil
        let hasReaders = !graph.dependents[number].isEmpty
        let willDiffer =
            stage.alwaysDiffers && judgement.state == .run && !selection.skip.contains(stage.name)
        outputDigests.append(
            !hasReaders
                ? nil
                : outputs.map { Digest.of($0) } ?? (willDiffer ? Self.newDigest(stage) : nil))
    }

    /// Stands for outputs that nobody knows yet, but that are none that were recorded.
    private static func newDigest(_ stage: AnyStage) -> String {
        Digest.of("new outputs of \(stage.name)")
    }

    /// Notes what the listed stages do to what is there.
    private mutating func addEffects(_ isListed: [Bool]) {
        for number in graph.stages.indices
        where isListed[number] && [.run, .maybe].contains(stages[number].state) {
            let stage = graph.stages[number]
            stages[number].effects = world.effects(
                of: stage, world.results[stage.name]?.record, stages[number].material)
        }
    }

    /// What belongs to nobody yet is not fresh before a run has looked; that needs nothing of what
    /// is behind it or before it.
    private mutating func markUnbound() {
        for number in stages.indices
        where stages[number].state == .fresh && world.unbound.contains(stages[number].name) {
            stages[number].state = .maybe
            stages[number].reasons = [.notBound]
        }
    }

    private mutating func append(
        _ stage: AnyStage, _ judgement: Judgement, _ material: KeyMaterial?,
        _ lastGood: RecordedRun?
    ) {
        let run = judgement.match ?? lastGood
        stages.append(
            PlannedStage(
                name: stage.name, group: stage.group, lifetime: stage.lifetime,
                state: judgement.state, reasons: judgement.reasons, material: material,
                matchingKey: judgement.match?.key,
                outputs: stage.isEphemeral ? nil : run?.outputs,
                expectedSeconds: run?.seconds, isPromotion: judgement.isPromotion))
    }

    /// Reasons that hold whatever the key is.
    static func ownReasons(
        _ number: Int, _ graph: StageGraph, _ world: RecordedWorld, _ selection: Selection
    ) -> [Reason] {
        let stage = graph.stages[number]
        var reasons: [Reason] = []
        // Forcing an ephemeral stage can only mean: build again what is made with it.
        if selection.force.contains(stage.name)
            || graph.ephemeralBehind[number].contains(where: {
                selection.force.contains(graph.stages[$0].name)
            })
        {
            reasons.append(.forced)
        }
        if world.isInterrupted(stage.name) { reasons.append(.interruptedLastTime) }
        if selection.refresh && stage.isLookup { reasons.append(.askedAgain) }
        if let what = world.missing[stage.name] { reasons.append(.outputMissing(what)) }
        if let what = world.documents.spoiled[stage.name] { reasons.append(.documentSpoiled(what)) }
        if case .now(let what) = world.due[stage.name] { reasons.append(.due(what)) }
        return reasons
    }

    private func blockers(of number: Int, _ state: StageState) -> [Reason] {
        var reasons: [Reason] = []
        for other in graph.durableUpstream[number] where outputDigests[other] == nil {
            let name = graph.stages[other].name
            if selection.skip.contains(name) {
                reasons.append(.blockedBy(name, .skipped))
            } else if stages[other].state == .blocked {
                reasons.append(.blockedBy(name, .blocked))
            }
        }
        // One that only may run is not blocked yet by a machine that it may never need.
        if state == .run {
            for other in graph.ephemeralBehind[number] {
                let name = graph.stages[other].name
                if selection.skip.contains(name) { reasons.append(.blockedBy(name, .skipped)) }
            }
        }
        return reasons
    }

    /// Walks upstream from the selected stages; whether each stage is listed.
    private mutating func select() -> [Bool] {
        var isListed = graph.names.map { name in
            !selection.skip.contains(name) && selection.only?.contains(name) ?? true
        }
        var consumers: [[Int]] = Array(repeating: [], count: stages.count)
        for number in graph.stages.indices.reversed() where isListed[number] {
            let stage = graph.stages[number]
            if stage.isEphemeral {
                plan(ephemeral: number, for: consumers[number])
            }
            guard stages[number].state != .fresh else { continue }
            for other in graph.durableUpstream[number] where stages[other].state != .fresh {
                if !selection.skip.contains(graph.stages[other].name) { isListed[other] = true }
            }
            // What a machine rests on was asked for by its consumers, if it has any.
            let isAlone = stage.isEphemeral && consumers[number].isEmpty
            guard stages[number].state != .blocked, isAlone || !stage.isEphemeral else { continue }
            for other in graph.ephemeralBehind[number] {
                if !selection.skip.contains(graph.stages[other].name) {
                    isListed[other] = true
                    consumers[other].append(number)
                }
            }
        }
        return isListed
    }

    private mutating func plan(ephemeral number: Int, for consumers: [Int]) {
        let name = graph.stages[number].name
        let certain = consumers.filter { stages[$0].state == .run }
        var reasons: [Reason] = selection.force.contains(name) ? [.forced] : []
        guard !consumers.isEmpty || !reasons.isEmpty else { return }
        stages[number].state = certain.isEmpty && reasons.isEmpty ? .maybe : .run
        if world.results[name]?.record?.status == .failed { reasons.append(.failedLastTime) }
        let named = certain.isEmpty ? consumers : certain
        reasons += named.sorted().map { .neededBy(graph.stages[$0].name) }
        stages[number].reasons = reasons
    }
}

extension Judgement {
    /// An ephemeral stage that nothing needs.
    static let unneeded = Judgement(fresh: ())

    private init(fresh: Void) {
        state = .fresh
        reasons = []
    }
}
