import Diagnostics
import JSON

/// What all parts of one run share; nothing in here changes.
struct RunSetup: Sendable {
    let graph: StageGraph
    let store: any ResultStore
    let digester: InputDigester
    let time: any TimeSource
    let tool: String
    let options: RunOptions
    let journal: Journal
    let events: EventSink
    let world: RecordedWorld
    let plan: Plan
    var slots: RunSlots { options.slots }

    var runId: String { options.lock.runId }

    /// What a running stage may use.
    func context(
        _ stage: AnyStage, upstream: UpstreamOutputs, earlier: RecordedRun?, key: String? = nil
    ) -> StageContext {
        let name = stage.name
        let events = events
        return StageContext(
            stage: name, assetId: store.assetId, runId: runId, time: time, results: store,
            previousSeconds: earlier?.seconds,
            journal: StageJournal(stage: name, journal: journal, key: key),
            localSlots: slots.local, upstreamOutputs: upstream, previousOutputs: earlier?.outputs,
            progress: { percent, message in
                events.emit(.stageProgress(percent: percent, message: message), stage: name)
            },
            warn: { events.emit(.warning($0), stage: name) })
    }

    /// Everything that a stage and the ephemeral ones it rests on declare.
    func inputs(behind number: Int) -> [StageInput] {
        graph.stages[number].inputs
            + graph.ephemeralBehind[number].flatMap { graph.stages[$0].inputs }
    }
}
