import Diagnostics

/// How far a durable stage has come in this run.
///
/// | durable stage | put there by | what holds |
/// |---|---|---|
/// | waiting | `init` | a stage upstream is unsettled, or it is in `ready` |
/// | reading | `consider` | everything upstream is settled and good |
/// | committed | `commit` | it has to run; its machines are wanted |
/// | running | `launchIfReady`, `promote` | its machines are up; one task works on it |
/// | settled | `settle` | its outcome is final; its dependents and machines were told |
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
///
/// | machine | put there by | what holds |
/// |---|---|---|
/// | down | `init`, `release` | nothing was started in this run |
/// | wanted | `commit` | a committed stage needs it; the machine it rests on may not be up |
/// | starting | `startMachines` | one task makes it; the journal knows it |
/// | up | `machineStarted`, `ended` where it is alone | stages may use it |
/// | failed | the same | something may stand; whoever needs it is blocked |
/// | takingDown | `takeDown`, `leave` | no stage that might use it is unsettled |
/// | ended | `machineEnded` | it is gone, or was left standing on purpose |
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
