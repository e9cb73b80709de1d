package import Diagnostics
package import JSON

/// How a run ended.
package struct RunSummary: Sendable {
    /// How all of it ended.
    package enum Status: String, Sendable {
        /// Everything asked for is fresh.
        case succeeded
        /// A stage failed or is blocked, or read a file that changed meanwhile.
        case failed
        /// A person or a signal ended it.
        case interrupted
    }

    /// How one stage ended.
    package struct Stage: Sendable {
        /// The stage's name.
        package let name: StageName
        /// How it ended.
        package let status: RunEvent.Status
        /// How long it took.
        package let seconds: Double
        /// Why it failed or is blocked.
        package let problem: Diagnostic?
        /// What it gave; nil where it did not run or did not succeed.
        package var outputs: JSONValue?
        /// What is recorded of it, where it was fresh already and an earlier run was cut short.
        package var earlierOutputs: JSONValue?
        /// Files that changed while it ran; its result is recorded, but not fresh.
        package let changedFiles: [String]
    }

    /// How it ended.
    package let status: Status
    /// Every stage of the plan, in topological order.
    package let stages: [Stage]
    /// How long it took.
    package let seconds: Double
    /// The run's id.
    package let runId: String
    /// What concerns no single stage, such as a lock that was broken.
    package let problems: [Diagnostic]
    /// What `--on-error keep` left, or what could not be taken down.
    package let leftovers: [JournalEntry]

    /// Itself where not everything asked for is fresh, so that nothing rests on it; else nil.
    package var unlessSucceeded: RunSummary? { status == .succeeded ? nil : self }

    /// How one stage ended; nil where it was not in the plan.
    package subscript(name: StageName) -> Stage? { stages.first { $0.name == name } }
}
