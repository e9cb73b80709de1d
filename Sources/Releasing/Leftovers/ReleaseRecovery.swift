package import BuildGraph
import Diagnostics

/// Removes what interrupted runs of a release left and no stage will continue.
package struct ReleaseRecovery: Recovery {
    private let services: Services
    private let removal: LeftoverRemoval

    /// Makes one that uses these services.
    ///
    /// - Parameter stacks: the permanent stacks whose change sets may be withdrawn.
    package init(services: Services, stacks: [InfrastructureManifest.Stack] = []) {
        self.services = services
        removal = LeftoverRemoval(services: services, stacks: stacks)
    }

    package func endStrayProcesses() async throws { try await services.access.endStrayProcesses() }

    package func recover(
        _ entries: [JournalEntry], journal: Journal, willRun: Set<StageName>, isLast: Bool,
        warn: @escaping @Sendable (String) -> Void
    ) async throws {
        // The newest first, as what came later holds on to what was there before.
        for entry in entries.reversed() {
            do {
                try await removal.settle(
                    entry, in: journal, onProgress: { _, _ in },
                    keepsLate: !isLast, warn: warn)
            } catch let problem as Diagnostic where problem.severity == .failure {
                // The rest is removed all the same; what stays is still in the journal.
                warn(
                    "\(entry.resource) \(entry.label) of an interrupted run "
                        + "stays: \(problem.summary)"
                        + (problem.hint.map { " (\($0))" } ?? ""))
            }
        }
    }
}
