import Diagnostics
import FoundationEssentials
import JSON

/// What all parts of one run share; nothing in here changes.
struct RunSetup: Sendable {
    let place: Workplace
    let options: RunOptions
    let journal: Journal
    let world: RecordedWorld
    let plan: Plan
    /// Whether stages were finished that an interrupted run began, before this was planned.
    var hasResumed = false

    var graph: StageGraph { place.graph }
    var store: any ResultStore { place.store }
    var digester: InputDigester { place.digester }
    var time: any TimeSource { place.time }
    var events: EventSink { place.events }
    var slots: RunSlots { options.slots }
    var runId: String { place.lock.runId }

    /// Whether it goes on with what an earlier run could not finish.
    var continuesEarlier: Bool {
        hasResumed
            || plan.stages.contains { stage in
                stage.reasons.contains { $0 == .interruptedLastTime || $0 == .failedLastTime }
            }
    }

    /// What a running stage may use.
    func context(
        _ stage: AnyStage, upstream: UpstreamOutputs, earlier: RecordedRun?, key: String? = nil,
        log: StageLog = StageLog()
    ) -> StageContext {
        place.context(
            of: stage, journal, upstream: upstream, seconds: earlier?.seconds,
            outputs: earlier?.outputs, key: key, slots: slots.local, log: log)
    }

    /// What a stage's key is made of with the outputs that are recorded.
    func recordedMaterial(of number: Int) -> KeyMaterial {
        KeyMaterial(
            number, in: graph, digests: { _ in world.digests },
            outputs: { plan.all[$0].outputs.map { Digest.of($0) } })
    }

    /// One run of one stage, as its result file keeps it.
    ///
    /// - Parameters:
    ///   - material: what it was made of; nil where that is unknown.
    ///   - outputs: what it gave; nil where it failed.
    func recorded(
        _ material: KeyMaterial?, outputs: JSONValue?, startedAt: Date, seconds: Double
    ) -> RecordedRun {
        var run = RecordedRun(
            key: material?.key ?? "", inputs: material?.inputs ?? [:],
            settings: material?.settings ?? [:], revisions: material?.revisions ?? [:],
            outputs: outputs, startedAt: Timestamp.text(startedAt),
            finishedAt: Timestamp.text(time.now()), seconds: seconds, runId: runId,
            tool: place.tool)
        run.by = RecordedPerson(user: place.lock.owner, host: place.lock.host)
        return run
    }

    /// Everything that a stage and the ephemeral ones it rests on declare.
    func inputs(behind number: Int) -> [StageInput] {
        graph.stages[number].inputs
            + graph.ephemeralBehind[number].flatMap { graph.stages[$0].inputs }
    }
}
