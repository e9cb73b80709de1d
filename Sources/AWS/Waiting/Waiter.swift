package import Diagnostics

/// What one look found.
package enum WaiterVerdict<Output: Sendable>: Sendable {
    case done(Output)
    /// Not yet; how far it is (0 to 100) and what it does.
    case pending(percent: Double?, message: String)
    case failed(Diagnostic)
}

/// Waits for something by looking at it now and then.
package struct Waiter {
    /// Looks may fail for reasons that pass as long as this, one after the other.
    package static let outageSeconds: Double = 600

    /// Looks until there is a verdict.
    ///
    /// - Parameters:
    ///   - name: what is waited for, such as ``image `ami-…` ``.
    ///   - schedule: when to look, and until when.
    ///   - time: the clock.
    ///   - onProgress: gets percent (0 to 100) and message of each look that found no end.
    ///   - poll: looks.
    /// - Throws: the verdict's diagnostic, `aws.wait-timeout`, what `poll` throws beside failures
    ///   that pass, `CancellationError`.
    package static func wait<T: Sendable>(
        _ name: String, schedule: WaiterSchedule, time: any TimeSource,
        onProgress: @Sendable (Double?, String) -> Void = { _, _ in },
        poll: () async throws -> WaiterVerdict<T>
    ) async throws -> T {
        let start = time.monotonicSeconds()
        var elapsed: Double = 0
        var outageStart: Double?
        var last = "nobody looked yet"
        repeat {
            try await time.sleep(seconds: schedule.delay(elapsedSeconds: elapsed))
            // Also moves on where neither the clock nor the schedule does.
            elapsed = max(time.monotonicSeconds() - start, elapsed + 0.001)
            do {
                switch try await poll() {
                case .done(let output): return output
                case .failed(let problem): throw Verdict(problem: problem)
                case .pending(let percent, let message):
                    outageStart = nil
                    last = message
                    onProgress(percent, message)
                }
            } catch let verdict as Verdict {
                throw verdict.problem
            } catch let problem as Diagnostic where passes(problem) {
                last = problem.summary
                let start = outageStart ?? elapsed
                outageStart = start
                if elapsed - start > outageSeconds {
                    throw problem.wrapped(in: "cannot wait for \(name)")
                }
            }
            elapsed = max(time.monotonicSeconds() - start, elapsed)
        } while elapsed < schedule.deadlineSeconds
        throw Diagnostic(
            code: "aws.wait-timeout",
            summary: "\(name) did not end within \(Int(schedule.deadlineSeconds)) seconds",
            causes: ["the last look found: \(last)"],
            hint: "it may still end: run the same command again to go on waiting")
    }

    /// Tells a verdict from a look that failed.
    private struct Verdict: Error { let problem: Diagnostic }

    /// Whether looking again may help: AWS cannot be reached, has trouble, or wants fewer calls.
    private static func passes(_ problem: Diagnostic) -> Bool {
        problem.code.hasPrefix("aws.") && problem.isTrouble
    }
}
