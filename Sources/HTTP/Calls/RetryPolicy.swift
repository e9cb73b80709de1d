import Glibc

/// Whether and when a call is made again: a pure function, the same for every server.
///
/// | the server | a second time changes nothing | it may do it twice |
/// |---|---|---|
/// | did nothing, may next time | again | again |
/// | may have done it | again | the outcome is unknown |
/// | will not do it | give up | give up |
///
/// No kind of failure is an exception, nor is a connection that was lost: whoever creates something
/// looks whether it is there before it asks again.
///
/// Source: https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html
package struct RetryPolicy: Sendable, Equatable {
    /// What to do next.
    package enum Decision: Sendable, Equatable {
        /// - Parameters:
        ///   - afterSeconds: how long to wait first.
        ///   - isLimit: whether a rate limit is waited for, which is no attempt.
        case again(afterSeconds: Double, isLimit: Bool)
        /// The error is final.
        case giveUp
        /// The error is final, and nobody knows whether the server did what was asked.
        case giveUpUnknown
    }

    /// How far a call has come.
    package struct Progress: Sendable, Equatable {
        /// The attempt that failed, from 1.
        package var attempt = 1
        /// Since the call began.
        package var elapsedSeconds: Double = 0
        /// Rate limits that were waited for.
        package var limits = 0
        /// How long they were waited for, together.
        package var limitSeconds: Double = 0

        /// Describes a call that was just begun.
        package init() {}
    }

    /// Attempts in all.
    package var attempts: Int
    /// As long as this, an outage is borne with as many as it takes.
    package var patienceSeconds: Double = 0
    /// The bound of the first delay; each further one is twice as long.
    package var firstDelaySeconds: Double = 0.5
    /// The same after an answer that says "too many requests".
    package var firstThrottledDelaySeconds: Double = 1
    /// No delay of our own is longer.
    package var longestDelaySeconds: Double = 20
    /// A server's wish is followed no longer than this.
    package var longestWishSeconds: Double = 60
    /// The share of a delay that is not left to chance.
    package var steadyShare: Double = 0
    /// For the rate limits of one call, together.
    package var longestLimitSeconds: Double = 0
    /// How many of them are waited for.
    package var mostLimits = 0

    /// Makes a policy; the rest is set where it differs.
    package init(attempts: Int) { self.attempts = attempts }

    /// Decides.
    ///
    /// - Parameters:
    ///   - setback: what ended the attempt.
    ///   - isRepeatable: whether a second time changes nothing.
    ///   - progress: how far the call has come.
    ///   - jitter: a random number from 0 to 1.
    package func decide(
        _ setback: Setback, isRepeatable: Bool, _ progress: Progress, jitter: Double
    ) -> Decision {
        if let seconds = setback.limitSeconds {
            let isBearable =
                progress.limits < mostLimits
                && progress.limitSeconds + seconds <= longestLimitSeconds
            return isBearable ? .again(afterSeconds: seconds, isLimit: true) : .giveUp
        }
        guard isRepeatable || setback.isCertainlyUndone else { return .giveUpUnknown }
        guard setback.isPassing else { return .giveUp }
        let delay = delay(setback, attempt: progress.attempt, jitter: jitter)
        let isPatient =
            setback.isOutage && progress.elapsedSeconds + delay <= patienceSeconds
        guard progress.attempt < attempts || isPatient else { return .giveUp }
        return .again(afterSeconds: delay, isLimit: false)
    }

    private func delay(_ setback: Setback, attempt: Int, jitter: Double) -> Double {
        let first = setback.isThrottling ? firstThrottledDelaySeconds : firstDelaySeconds
        let bound = min(first * pow(2, Double(attempt - 1)), longestDelaySeconds)
        let own = bound * (steadyShare + (1 - steadyShare) * jitter)
        return max(own, min(setback.wishSeconds, longestWishSeconds))
    }
}
