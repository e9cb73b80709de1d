import Foundation

/// Whether only those tests are wanted that need no program of others: `bin/test --unit`.
package enum UnitRun {
    /// Whether this is such a run.
    package static let isOne = ProcessInfo.processInfo.environment["DSS_TESTS"] == "unit"
}
