import Diagnostics

/// How far a durable stage has come in this run.
enum DurablePhase: Equatable {
    /// It waits for stages upstream.
    case waiting
    /// Its files are being read, to decide whether it has to run.
    case reading
    /// It has to run and waits for its machines.
    case committed
    case running
    case settled
}

/// How far an ephemeral stage has come in this run.
enum MachinePhase: Equatable {
    case down
    /// A consumer has to run: start it as soon as what it rests on is up.
    case wanted
    case starting
    case up
    case failed
    case takingDown
    /// Taken down, or left standing by `--on-error keep`.
    case ended

    /// Whether something may stand there that has to be taken down.
    var isStanding: Bool { [.starting, .up, .failed, .takingDown].contains(self) }
}

/// What the tasks of a run answer.
enum Completion: Sendable {
    case read(Int, Result<InputDigests, Diagnostic>)
    case ran(Int, StageWorker.Outcome)
    case promoted(Int, Diagnostic?)
    case asked(keep: Bool)
    /// With what is left of it in the journal.
    case takenDown(Int, Diagnostic?, left: [JournalEntry])
}
