import AWS
import Diagnostics

/// What is worth saying of a batch, given what was said of it: no input but its answers.
struct BatchProgress: Sendable, Equatable {
    /// A build whose state has become another.
    struct Change: Sendable, Equatable {
        let identifier: String
        let status: String
        let buildId: String?
    }

    /// Of a build that has not begun.
    private static let waiting = "PENDING"

    /// By identifier and build, so that one that is started again is told again.
    private var said: [String: String] = [:]

    /// Ends of a build that are no success.
    static let badEnds: Set = ["FAILED", "FAULT", "STOPPED", "TIMED_OUT"]

    /// The builds that are in another state than at the last answer, in the batch's order.
    mutating func changes(_ batch: CodeBuildBatch) -> [Change] {
        (batch.buildGroups ?? []).compactMap { group in
            guard let identifier = group.identifier, let summary = group.currentBuildSummary,
                let status = summary.buildStatus, status != Self.waiting
            else { return nil }
            let state = "\(status) \(summary.buildId ?? "")"
            guard said.updateValue(state, forKey: identifier) != state else { return nil }
            return Change(identifier: identifier, status: status, buildId: summary.buildId)
        }
    }

    /// How a batch has ended.
    ///
    /// - Returns: nil for success.
    static func problem(_ batch: CodeBuildBatch) -> Diagnostic? {
        guard batch.buildBatchStatus != "SUCCEEDED" else { return nil }
        let failed = (batch.buildGroups ?? []).filter { group in
            group.currentBuildSummary?.buildStatus.map(badEnds.contains) == true
        }
        let reasons = (batch.phases ?? []).flatMap { $0.contexts ?? [] }.compactMap(\.text)
        return Diagnostic(
            code:
                "codebuild.batch-\(batch.buildBatchStatus.lowercased().replacing("_", with: "-"))",
            summary: "batch `\(batch.id)` ended with \(batch.buildBatchStatus)",
            causes: failed.map { group in
                "build `\(group.identifier ?? "")` ended with "
                    + (group.currentBuildSummary?.buildStatus ?? "?")
            } + reasons,
            hint: "run the same command again: only what is stale then is built")
    }
}
