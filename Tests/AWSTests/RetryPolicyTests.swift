import Foundation
import HTTP
import Testing

@testable import AWS

@Suite struct RetryPolicyTests {
    private static let kinds: [HTTPFailure.Kind] = [
        .nameNotResolved, .connectionRefused, .connectTimeout, .tls, .idleTimeout, .totalTimeout,
        .connectionLost, .bodyTooLong, .badRequest, .other,
    ]
    private static let codes = [
        "InternalError", "SlowDown", "RequestLimitExceeded", "Throttling", "AccessDenied",
        "ValidationError", "ServiceUnavailable", "Whatever",
    ]

    private func error(_ code: String, _ status: Int, wish: Double? = nil) -> AWSServiceError {
        AWSServiceError(
            code: code, message: "", status: status, requestId: nil, retryAfterSeconds: wish,
            serverDate: nil, bucketRegion: nil)
    }

    @Test func `a call that may have been carried out is never repeated without a token`() {
        let policy = RetryPolicy(maxAttempts: 9)
        for kind in Self.kinds {
            let failure = HTTPFailure(
                kind: kind, message: "", host: "h", requestMayHaveReachedServer: true)
            let decision = policy.decide(
                .onlyIfUnsent, attempt: 1, failure: .transport(failure), jitter: 1)
            #expect(decision == .giveUp || decision == .giveUpUnknown)
        }
        for code in Self.codes {
            for status in [400, 403, 500, 502, 503, 504] {
                let failure = error(code, status)
                let decision = policy.decide(
                    .onlyIfUnsent, attempt: 1, failure: .service(failure), jitter: 1)
                if case .again = decision { #expect(RetryPolicy.isThrottling(failure)) }
            }
        }
    }

    @Test func `no wait is longer than its bound, and no attempt is one too many`() {
        let policy = RetryPolicy(maxAttempts: 50)
        for attempt in 1...60 {
            for (wish, bound) in [(nil, 20.0), (1e9, 60.0)] {
                let decision = policy.decide(
                    .safe, attempt: attempt, failure: .service(error("SlowDown", 503, wish: wish)),
                    jitter: 1)
                if case .again(let seconds, let cost) = decision {
                    #expect(attempt < 50 && seconds > 0 && seconds <= bound && cost == 5)
                } else {
                    #expect(decision == .giveUp && attempt >= 50)
                }
            }
        }
    }

    @Test func `what repeating cannot help is final, and a time-out costs double`() {
        let policy = RetryPolicy(maxAttempts: 3)
        #expect(
            policy.decide(
                .safe, attempt: 1, failure: .service(error("AccessDenied", 403)), jitter: 1)
                == .giveUp)
        let slow = HTTPFailure(
            kind: .idleTimeout, message: "", host: "h", requestMayHaveReachedServer: true)
        #expect(
            policy.decide(.withClientToken, attempt: 2, failure: .transport(slow), jitter: 0.5)
                == .again(afterSeconds: 0.5, cost: 10))
    }
}
