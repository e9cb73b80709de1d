import BuildGraph
import Diagnostics

/// The exit statuses of the contract.
enum ExitStatus: Int32 {
    case fresh = 0
    case failed = 1
    case configuration = 2
    case stale = 10
    case locked = 75
    case hungUp = 129
    case interrupted = 130
    case terminated = 143

    /// The status that an error ends the program with.
    init(_ problem: Diagnostic) {
        self =
            switch problem.severity {
            case .configuration: .configuration
            case .failure: .failed
            case .locked: .locked
            case .interrupted: .interrupted
            }
    }

    /// The status that one run ends with.
    init(_ summary: RunSummary) {
        self =
            switch summary.status {
            case .succeeded: .fresh
            case .interrupted: .interrupted
            case .failed:
                summary.problems.contains { $0.severity == .configuration }
                    ? .configuration : .failed
            }
    }

    /// The status that a run of many variants ends with: the worst of theirs.
    init(_ outcomes: [VariantRunner.Outcome]) {
        let problems = outcomes.flatMap { [$0.problem].compactMap { $0 } + $0.problems }
        if problems.contains(where: { $0.severity == .configuration }) {
            self = .configuration
        } else if outcomes.contains(where: \.hasFailed) {
            self = .failed
        } else {
            self = outcomes.contains { $0.problem?.severity == .locked } ? .locked : .fresh
        }
    }
}
