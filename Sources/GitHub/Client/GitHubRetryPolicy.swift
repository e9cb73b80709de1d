import FoundationEssentials
import Glibc
import HTTP

/// Whether and when a call is made again; a pure function.
struct GitHubRetryPolicy: Sendable {
    /// What ended an attempt.
    enum Failure: Sendable, Equatable {
        case lost(HTTPFailure)
        case refused(GitHubRefusal)
    }

    /// What to do next.
    enum Decision: Sendable, Equatable {
        /// - Parameters:
        ///   - afterSeconds: how long to wait first.
        ///   - isRateLimit: whether the wait is long enough to be told.
        case again(afterSeconds: Double, isRateLimit: Bool)
        /// The error is final.
        case giveUp
        /// The error is final, and nobody knows whether the server did what was asked.
        case giveUpUnknown
    }

    /// How far a call has come.
    struct Progress: Sendable, Equatable {
        /// The attempt that failed, from 1.
        var attempt = 1
        /// Rate limits met so far.
        var rateLimits = 0
        /// Waited for rate limits so far.
        var waitedSeconds: Double = 0
    }

    static let longestDelaySeconds: Double = 15
    /// For rate limits of one call, together.
    static let longestWaitSeconds: Double = 900
    /// GitHub's advice where a secondary limit names no time.
    static let secondaryDelaySeconds: Double = 60
    private static let rateLimits = 8

    var attempts = 5

    /// Decides.
    ///
    /// - Parameters:
    ///   - failure: what ended the attempt.
    ///   - isRepeatable: whether a second time changes nothing.
    ///   - now: seconds since 1970.
    ///   - jitter: a random number from 0 to 1.
    func decide(
        _ failure: Failure, isRepeatable: Bool, _ progress: Progress, now: Double, jitter: Double
    ) -> Decision {
        switch failure {
        case .refused(let refusal) where refusal.isRateLimit:
            let delay = Self.delay(refusal, met: progress.rateLimits, now: now)
            let isBearable =
                progress.waitedSeconds + delay <= Self.longestWaitSeconds
                && progress.rateLimits < Self.rateLimits
            return isBearable ? .again(afterSeconds: delay, isRateLimit: true) : .giveUp
        case .refused(let refusal):
            guard refusal.isPassing else { return .giveUp }
            guard isRepeatable else { return .giveUpUnknown }
            return again(progress, atLeast: refusal.retryAfterSeconds ?? 0, jitter)
        case .lost(let lost):
            guard ![.bodyTooLong, .badRequest, .tls].contains(lost.kind) else { return .giveUp }
            guard isRepeatable || !lost.requestMayHaveReachedServer else { return .giveUpUnknown }
            return again(progress, atLeast: 0, jitter)
        }
    }

    private func again(_ progress: Progress, atLeast: Double, _ jitter: Double) -> Decision {
        guard progress.attempt < attempts else { return .giveUp }
        let bound = min(pow(2, Double(progress.attempt - 1)), Self.longestDelaySeconds)
        let wish = min(atLeast, Self.longestDelaySeconds)
        return .again(afterSeconds: max(wish, bound * (0.5 + jitter / 2)), isRateLimit: false)
    }

    private static func delay(_ refusal: GitHubRefusal, met: Int, now: Double) -> Double {
        if let wish = refusal.retryAfterSeconds { return max(1, wish) }
        // One second more, for clocks that differ by a fraction.
        if let reset = refusal.limitResetAt { return max(1, reset - now + 1) }
        return secondaryDelaySeconds * pow(2, Double(met))
    }
}
