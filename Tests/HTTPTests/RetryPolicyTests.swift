import HTTP
import TestSupport
import Testing

/// The pure half of the retry loop, over random failures of random calls.
@Suite struct RetryPolicyTests {
    private static let kinds: [HTTPFailure.Kind] = [
        .nameNotResolved, .connectionRefused, .connectTimeout, .tls, .idleTimeout, .totalTimeout,
        .connectionLost, .bodyTooLong, .badRequest, .other,
    ]

    private func policy(_ random: inout SeededGenerator) -> RetryPolicy {
        var policy = RetryPolicy(attempts: Int.random(in: 1...9, using: &random))
        policy.patienceSeconds = [0, 0, 60, 900].randomElement(using: &random) ?? 0
        policy.steadyShare = Double.random(in: 0...1, using: &random)
        policy.longestLimitSeconds = [0, 100, 900].randomElement(using: &random) ?? 0
        policy.mostLimits = Int.random(in: 0...8, using: &random)
        return policy
    }

    private func setback(_ random: inout SeededGenerator) -> Setback {
        if Bool.random(using: &random), let kind = Self.kinds.randomElement(using: &random) {
            return .lost(
                HTTPFailure(
                    kind: kind, message: "", host: "h",
                    requestMayHaveReachedServer: Bool.random(using: &random)))
        }
        var setback = Setback(
            isPassing: Bool.random(using: &random), isCertainlyUndone: Bool.random(using: &random))
        setback.isThrottling = Bool.random(using: &random)
        setback.isOutage = Bool.random(using: &random)
        setback.wishSeconds = [0, 3, 1e9].randomElement(using: &random) ?? 0
        if Bool.random(using: &random) { return setback }
        setback.isCertainlyUndone = true
        setback.limitSeconds = Double.random(in: 1...1000, using: &random)
        return setback
    }

    private func progress(_ random: inout SeededGenerator) -> RetryPolicy.Progress {
        var progress = RetryPolicy.Progress()
        progress.attempt = Int.random(in: 1...60, using: &random)
        progress.elapsedSeconds = Double.random(in: 0...2000, using: &random)
        progress.limits = Int.random(in: 0...9, using: &random)
        progress.limitSeconds = Double.random(in: 0...1000, using: &random)
        return progress
    }

    @Test func `a call that may have been carried out is repeated only where that is harmless`() {
        var random = SeededGenerator(seed: 1)
        for _ in 0..<20_000 {
            let setback = setback(&random)
            let decision = policy(&random).decide(
                setback, isRepeatable: false, progress(&random),
                jitter: Double.random(in: 0...1, using: &random))
            #expect((decision == .giveUpUnknown) == !setback.isCertainlyUndone)
        }
    }

    @Test func `no outcome is unknown where a second time changes nothing`() {
        var random = SeededGenerator(seed: 2)
        for _ in 0..<20_000 {
            let setback = setback(&random)
            let decision = policy(&random).decide(
                setback, isRepeatable: true, progress(&random), jitter: 0.5)
            #expect(decision != .giveUpUnknown)
            if !setback.isPassing, setback.limitSeconds == nil { #expect(decision == .giveUp) }
        }
    }

    @Test func `no wait is longer than its bound, and no attempt is one too many`() {
        var random = SeededGenerator(seed: 3)
        for _ in 0..<20_000 {
            let policy = policy(&random)
            let progress = progress(&random)
            let setback = setback(&random)
            let decision = policy.decide(setback, isRepeatable: true, progress, jitter: 1)
            guard case .again(let seconds, let isLimit) = decision else { continue }
            #expect(seconds >= 0)
            if isLimit {
                #expect(progress.limits < policy.mostLimits)
                #expect(progress.limitSeconds + seconds <= policy.longestLimitSeconds)
            } else {
                #expect(seconds <= max(policy.longestDelaySeconds, policy.longestWishSeconds))
                #expect(
                    progress.attempt < policy.attempts
                        || (setback.isOutage
                            && progress.elapsedSeconds + seconds <= policy.patienceSeconds)
                )
            }
        }
    }

    @Test func `delays grow, and never shrink below their steady share`() {
        var policy = RetryPolicy(attempts: 50)
        policy.steadyShare = 0.5
        var last = 0.0
        for attempt in 1..<50 {
            var progress = RetryPolicy.Progress()
            progress.attempt = attempt
            func delay(_ jitter: Double) -> Double? {
                let decision = policy.decide(
                    .trouble(), isRepeatable: true, progress, jitter: jitter)
                if case .again(let seconds, false) = decision { return seconds }
                return nil
            }
            let longest = delay(1) ?? -1
            #expect(longest >= last && longest <= policy.longestDelaySeconds)
            #expect(delay(0) == longest / 2)
            last = longest
        }
        #expect(last == policy.longestDelaySeconds)
    }
}
