import Diagnostics

/// Collects how each stage of a run ended, and tells of those that never started.
struct OutcomeRecorder {
    private let setup: RunSetup
    private var ends: [RunSummary.Stage?]
    var leftovers: [JournalEntry] = []
    var problems: [Diagnostic] = []

    init(_ setup: RunSetup) {
        self.setup = setup
        ends = Array(repeating: nil, count: setup.graph.stages.count)
    }

    /// Notes the end of a stage that ran.
    mutating func add(_ number: Int, _ outcome: StageWorker.Outcome) {
        ends[number] = RunSummary.Stage(
            name: setup.graph.stages[number].name, status: outcome.status,
            seconds: outcome.seconds, problem: outcome.problem, outputs: outcome.outputs,
            changedFiles: outcome.changedFiles)
    }

    /// Notes the end of a stage that did not run; the first end counts.
    mutating func finish(_ number: Int, _ status: RunEvent.Status, problem: Diagnostic? = nil) {
        guard ends[number] == nil else { return }
        let name = setup.graph.stages[number].name
        ends[number] = RunSummary.Stage(
            name: name, status: status, seconds: 0, problem: problem, changedFiles: [])
        setup.events.emit(.stageFinished(status, seconds: 0), stage: name)
    }

    /// Why what is behind a stage cannot run; nil where it can.
    func blockCause(_ number: Int) -> BlockCause? {
        switch ends[number]?.status {
        case nil, .succeeded, .fresh: nil
        case .failed: .failed
        case .blocked: .blocked
        case .cancelled: .cancelled
        }
    }

    /// Notes what was there of fresh durable stages.
    ///
    /// A run that goes on with another one's work ends with all of it.
    mutating func addEarlier() {
        let fresh = ends.indices.filter { ends[$0]?.status == .fresh }
        for number in fresh {
            guard !setup.graph.stages[number].isEphemeral else { continue }
            let outputs = setup.plan.all[number].outputs
            ends[number]?.earlierOutputs = outputs
        }
    }

    func summary(seconds: Double, isInterrupted: Bool) -> RunSummary {
        let stages = ends.compactMap { $0 }
        let isFresh = stages.allSatisfy { stage in
            [.succeeded, .fresh].contains(stage.status) && stage.changedFiles.isEmpty
        }
        let status: RunSummary.Status =
            isInterrupted ? .interrupted : isFresh && problems.isEmpty ? .succeeded : .failed
        return RunSummary(
            status: status, stages: stages, seconds: seconds, runId: setup.runId,
            problems: problems, leftovers: leftovers)
    }
}
