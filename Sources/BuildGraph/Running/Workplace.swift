package import Diagnostics
import JSON

/// What the workplaces of one command have in common.
package struct Equipment: Sendable {
    /// Reads the stages' declared files.
    package let digester: InputDigester
    /// What result files say ran them, such as `dssbatch 0.1.0`.
    package let tool: String
    /// The clock.
    package let time: any TimeSource
    /// Who works here; every workplace of a matrix gets a run of its own.
    package var lock: LockInfo
    /// Removes what interrupted runs left; nil where nothing can be left.
    package let recovery: (any Recovery)?
    /// Knows whose results these may be; nil to compare nothing.
    package let realms: (any RealmSource)?
    /// Told of what the programs of running stages write; nil where nobody wants to know.
    package let onLog: (@Sendable (String) -> Void)?

    /// Collects it; see the properties.
    package init(
        digester: InputDigester, tool: String, time: any TimeSource, lock: LockInfo,
        recovery: (any Recovery)? = nil, realms: (any RealmSource)? = nil,
        onLog: (@Sendable (String) -> Void)? = nil
    ) {
        self.digester = digester
        self.tool = tool
        self.time = time
        self.lock = lock
        self.recovery = recovery
        self.realms = realms
        self.onLog = onLog
    }
}

/// Where the stages of one pipeline are planned and run, put together once.
///
/// What can be done here are functions on it, each in a file of its own: `plan`, `run`, `preview`,
/// `missing` (`--verify`) and `adopt`.
package struct Workplace: Sendable {
    /// The pipeline.
    package let graph: StageGraph
    /// Where results, journal and lock are.
    package let store: any ResultStore
    /// Told of everything, one event at a time, in order.
    package let events: EventSink
    private let equipment: Equipment

    var digester: InputDigester { equipment.digester }
    var onLog: (@Sendable (String) -> Void)? { equipment.onLog }
    var tool: String { equipment.tool }
    /// The clock.
    package var time: any TimeSource { equipment.time }
    /// Who works here.
    package var lock: LockInfo { equipment.lock }
    var recovery: (any Recovery)? { equipment.recovery }
    /// Knows whose results these may be; nil to compare nothing.
    package var realms: (any RealmSource)? { equipment.realms }

    /// Puts one together; touches nothing.
    package init(
        graph: StageGraph, store: any ResultStore, equipment: Equipment,
        onEvent: @escaping @Sendable (RunEvent) -> Void
    ) {
        self.graph = graph
        self.store = store
        self.equipment = equipment
        events = EventSink(
            time: equipment.time,
            run: RunEvent.Run(id: equipment.lock.runId, assetId: store.assetId),
            receive: onEvent)
    }

    /// The journal as it is now.
    ///
    /// - Parameter isTold: whether what is created and removed is told.
    package func journal(isTold: Bool = false) async throws -> Journal {
        try await Journal(
            store: store, runId: lock.runId, time: time, events: isTold ? events : nil)
    }

    /// Works under the lock, which is given back however that ends.
    ///
    /// - Throws: `results.locked`; what the work throws.
    package func locked<Outcome>(
        waitSeconds: Double = 0, _ work: () async throws -> Outcome
    ) async throws -> Outcome {
        try await store.locked(
            by: lock, waitSeconds: waitSeconds, warn: { events.emit(.warning($0)) }, work)
    }

    /// What a stage may use.
    ///
    /// - Parameters:
    ///   - upstream: what the stages before it give.
    ///   - seconds: how long it took last time.
    ///   - outputs: what it gave then.
    ///   - key: what it is made of now; nil where it makes nothing.
    func context(
        of stage: AnyStage, _ journal: Journal, upstream: UpstreamOutputs = UpstreamOutputs([]),
        seconds: Double?, outputs: JSONValue?, key: String? = nil,
        slots: SlotPool = SlotPool(slots: 1), log: StageLog = StageLog()
    ) -> StageContext {
        let name = stage.name
        let events = events
        return StageContext(
            stage: name, assetId: store.assetId, runId: lock.runId, time: time, results: store,
            previousSeconds: seconds,
            journal: StageJournal(stage: name, journal: journal, key: key),
            localSlots: slots, upstreamOutputs: upstream, previousOutputs: outputs, log: log,
            progress: { percent, message in
                events.emit(.stageProgress(percent: percent, message: message), stage: name)
            },
            warn: { events.emit(.warning($0), stage: name) })
    }
}

extension ResultStore {
    /// Works under the lock, which is given back however that ends.
    ///
    /// - Parameters:
    ///   - info: who asks; others see it.
    ///   - waitSeconds: how long to wait for another run; 0 not at all.
    ///   - warn: told of a dead run whose lock it was.
    /// - Throws: `results.locked`; what the work throws.
    package func locked<Outcome>(
        by info: LockInfo, waitSeconds: Double = 0, warn: (String) -> Void,
        _ work: () async throws -> Outcome
    ) async throws -> Outcome {
        if let takenOver = try await lock(info, waitSeconds: waitSeconds) { warn(takenOver) }
        do {
            let outcome = try await work()
            await unlock()
            return outcome
        } catch {
            await unlock()
            throw error
        }
    }
}

extension StageGraph {
    /// What the stages before one give to it; whoever of them gives nothing is left out.
    ///
    /// - Parameter outputs: what a stage gives, by number.
    func upstreamOutputs(of number: Int, _ outputs: (Int) -> JSONValue?) -> UpstreamOutputs {
        UpstreamOutputs(
            upstream[number].compactMap { other in
                outputs(other).map { stages[other].entry(outputs: $0) }
            })
    }
}
