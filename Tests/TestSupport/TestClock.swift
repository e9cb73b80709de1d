import Diagnostics
package import Foundation
import Synchronization

/// A clock that only moves when somebody sleeps.
package final class TestClock: TimeSource {
    private let state: Mutex<(elapsed: Double, slept: [Double])> = Mutex((0, []))
    private let start: Date

    /// Starts at a fixed date.
    package init(_ start: Date = Date(timeIntervalSince1970: 1_790_000_000)) { self.start = start }

    /// How long each sleep was.
    package var slept: [Double] { state.withLock { $0.slept } }

    package func now() -> Date { start.addingTimeInterval(monotonicSeconds()) }
    package func monotonicSeconds() -> Double { state.withLock { $0.elapsed } }

    package func sleep(seconds: Double) async throws {
        try Task.checkCancellation()
        state.withLock {
            $0.elapsed += max(0, seconds)
            $0.slept.append(seconds)
        }
    }
}
