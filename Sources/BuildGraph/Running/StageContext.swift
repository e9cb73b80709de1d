package import Diagnostics
package import JSON

/// What a running stage may use; made by the scheduler, one for each stage and run.
package struct StageContext: Sendable {
    /// The running stage.
    package let stage: StageName
    /// The asset that is built.
    package let assetId: String
    /// The run that this is part of.
    package let runId: String
    /// The clock.
    package let time: any TimeSource
    /// Every result of this stage's folder may be read here; `release-notes` does.
    package let results: any ResultStore
    /// How long the last successful run took, for expected times and polling; nil at first.
    package let previousSeconds: Double?
    /// Intents and outcomes of creating calls, this stage's own lines.
    package let journal: StageJournal
    /// Shows progress; `percent` from 0 to 100 where it is known.
    package let progress: @Sendable (_ percent: Double?, _ message: String) -> Void
    /// Says something that a person should see though nothing failed.
    package let warn: @Sendable (_ message: String) -> Void
    /// What the stage's programs write, for whoever looks why it failed.
    package let log: StageLog
    /// Work that loads this machine (subprocesses, hashing) waits here for one of the `-j` slots.
    package let localSlots: SlotPool
    private let upstreamOutputs: UpstreamOutputs
    private let previousOutputs: JSONValue?

    /// Made by the scheduler and by tests.
    package init(
        stage: StageName, assetId: String, runId: String, time: any TimeSource,
        results: any ResultStore, previousSeconds: Double?, journal: StageJournal,
        localSlots: SlotPool, upstreamOutputs: UpstreamOutputs, previousOutputs: JSONValue?,
        log: StageLog = StageLog(),
        progress: @escaping @Sendable (Double?, String) -> Void,
        warn: @escaping @Sendable (String) -> Void
    ) {
        self.stage = stage
        self.assetId = assetId
        self.runId = runId
        self.time = time
        self.results = results
        self.previousSeconds = previousSeconds
        self.journal = journal
        self.localSlots = localSlots
        self.upstreamOutputs = upstreamOutputs
        self.previousOutputs = previousOutputs
        self.log = log
        self.progress = progress
        self.warn = warn
    }

    /// The outputs of the one upstream stage of that type.
    ///
    /// - Throws: `graph.no-output` where the stage declares no such upstream stage.
    package func output<S: Stage>(of type: S.Type) throws -> S.Outputs {
        try upstreamOutputs.output(of: type, for: stage)
    }

    /// The outputs of every upstream stage of that type, by name.
    package func outputs<S: Stage>(of type: S.Type) throws -> [StageName: S.Outputs] {
        try upstreamOutputs.outputs(of: type)
    }

    /// What this stage gave when it last succeeded; nil where it never did.
    ///
    /// - Throws: `json.*` where what is recorded has another shape.
    package func previous<T: Decodable>(_ type: T.Type) throws -> T? {
        try previousOutputs.map { try $0.decoded(as: type) }
    }
}
