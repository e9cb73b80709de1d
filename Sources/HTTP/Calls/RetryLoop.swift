package import Diagnostics

/// Makes a call until it succeeds or its failure is final; the one loop for every server.
package struct RetryLoop: Sendable {
    private let policy: RetryPolicy
    private let time: any TimeSource
    private let jitter: @Sendable () -> Double

    /// Makes a loop.
    ///
    /// - Parameters:
    ///   - policy: decides.
    ///   - time: waits.
    ///   - jitter: random numbers from 0 to 1 that spread retries.
    package init(
        policy: RetryPolicy, time: any TimeSource,
        jitter: @escaping @Sendable () -> Double = { Double.random(in: 0...1) }
    ) {
        self.policy = policy
        self.time = time
        self.jitter = jitter
    }

    /// Makes the call.
    ///
    /// - Throws: the call's own `Diagnostic`, `CancellationError`, and what an attempt throws
    ///   beside `HTTPFailure`.
    package func run<Call: RetriedCall>(_ call: Call) async throws -> Call.Answer {
        var call = call
        var progress = RetryPolicy.Progress()
        let startSeconds = time.monotonicSeconds()
        while true {
            try Task.checkCancellation()
            let cause: FinalFailure<Call.Refusal>.Cause
            let setback: Setback
            do {
                switch try await call.attempt() {
                case .answered(let answer): return answer
                case .refused(let refusal):
                    if await call.heals(refusal) { continue }
                    cause = .refused(refusal)
                    setback = call.setback(refusal, after: progress)
                case .garbled(let why):
                    cause = .garbled(why)
                    setback = call.garbledSetback
                }
            } catch let lost as HTTPFailure {
                cause = .lost(lost)
                setback = .lost(lost)
            }
            progress.elapsedSeconds = time.monotonicSeconds() - startSeconds
            let decision = policy.decide(
                setback, isRepeatable: call.isRepeatable, progress, jitter: jitter())
            func final(isBudgetUsedUp: Bool = false) -> Diagnostic {
                call.diagnostic(
                    of: FinalFailure(
                        cause: cause, isOutcomeUnknown: decision == .giveUpUnknown,
                        attempt: progress.attempt, isBudgetUsedUp: isBudgetUsedUp))
            }
            guard case .again(let seconds, let isLimit) = decision else { throw final() }
            guard
                await call.mayGoOn(after: setback, waitingSeconds: seconds, isLimit: isLimit)
            else { throw final(isBudgetUsedUp: true) }
            if isLimit {
                progress.limits += 1
                progress.limitSeconds += seconds
            } else {
                progress.attempt += 1
            }
            try await time.sleep(seconds: seconds)
        }
    }
}
