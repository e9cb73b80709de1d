package import FoundationEssentials
import Glibc

/// Time as the program sees it; a test puts its own in place.
package protocol TimeSource: Sendable {
    /// The present moment.
    func now() -> Date
    /// Seconds from a fixed, unknown moment; never goes back.
    func monotonicSeconds() -> Double
    /// Waits.
    ///
    /// - Parameter seconds: how long; nothing or less returns at once.
    /// - Throws: `CancellationError` when the task is cancelled, at once.
    func sleep(seconds: Double) async throws
}

/// The machine's own clock.
package struct SystemTimeSource: TimeSource {
    /// Makes one; there is nothing to set.
    package init() {}

    /// The wall clock.
    package func now() -> Date { Date() }

    /// Seconds since the machine started.
    package func monotonicSeconds() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }

    /// Waits by the machine's clock.
    package func sleep(seconds: Double) async throws {
        if seconds > 0 { try await Task.sleep(for: .seconds(seconds)) }
    }
}
