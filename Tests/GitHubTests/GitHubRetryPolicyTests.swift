import HTTP
import JSON
import Testing

@testable import GitHub

@Suite struct GitHubRetryPolicyTests {
    private typealias Policy = GitHubRetryPolicy
    private let policy = GitHubRetryPolicy()
    private static let now: Double = 1_795_000_000

    private func refusal(
        _ status: Int, _ headers: [(name: String, value: String)] = [], _ message: String = "no"
    ) -> Policy.Failure {
        let body: JSONValue = ["message": .string(message)]
        return .refused(
            GitHubRefusal(
                HTTPResponse(
                    status: status, headers: headers, body: Array(body.compactText.utf8))))
    }

    private func decide(
        _ failure: Policy.Failure, isRepeatable: Bool = true,
        _ progress: Policy.Progress = Policy.Progress()
    ) -> Policy.Decision {
        policy.decide(
            failure, isRepeatable: isRepeatable, progress, now: Self.now, jitter: 1)
    }

    @Test func `a used-up limit is waited for until it is filled, whatever the call`() {
        let failure = refusal(
            403, [("x-ratelimit-remaining", "0"), ("x-ratelimit-reset", "1795000030")])
        for isRepeatable in [true, false] {
            #expect(
                decide(failure, isRepeatable: isRepeatable)
                    == .again(afterSeconds: 31, isRateLimit: true))
        }
        let past = refusal(
            429, [("X-RateLimit-Remaining", "0"), ("X-RateLimit-Reset", "1794999000")])
        #expect(decide(past) == .again(afterSeconds: 1, isRateLimit: true))
    }

    @Test func `a secondary limit says how long, or is waited for a minute and longer`() {
        #expect(
            decide(refusal(403, [("Retry-After", "7")]))
                == .again(afterSeconds: 7, isRateLimit: true))
        let silent = refusal(403, [], "You have exceeded a secondary rate limit.")
        for (met, seconds) in [(0, 60.0), (1, 120), (2, 240)] {
            let progress = Policy.Progress(rateLimits: met)
            #expect(
                decide(silent, progress) == .again(afterSeconds: seconds, isRateLimit: true))
        }
    }

    @Test func `no wait is longer than its bound, and none comes too often`() {
        #expect(decide(refusal(429, [("Retry-After", "901")])) == .giveUp)
        let short = refusal(429, [("Retry-After", "2")])
        #expect(decide(short, Policy.Progress(waitedSeconds: 899)) == .giveUp)
        #expect(decide(short, Policy.Progress(rateLimits: 8)) == .giveUp)
    }

    @Test func `a refusal for good is final`() {
        for status in [400, 401, 403, 404, 409, 422, 501] {
            #expect(decide(refusal(status)) == .giveUp)
        }
        let left = refusal(
            403, [("X-RateLimit-Remaining", "12"), ("X-RateLimit-Reset", "1795000030")])
        #expect(decide(left) == .giveUp)
    }

    @Test func `trouble is retried where a second time changes nothing`() {
        for status in [500, 502, 503, 504] {
            #expect(decide(refusal(status)) == .again(afterSeconds: 1, isRateLimit: false))
            #expect(decide(refusal(status), isRepeatable: false) == .giveUpUnknown)
        }
        #expect(decide(refusal(502), Policy.Progress(attempt: 5)) == .giveUp)
        #expect(
            decide(refusal(503, [("Retry-After", "999")]))
                == .again(afterSeconds: 15, isRateLimit: false))
    }

    @Test func `a lost call is made again only where it did not arrive or may arrive twice`() {
        for (arrived, isRepeatable, isAgain) in [
            (true, true, true), (false, true, true), (false, false, true), (true, false, false),
        ] {
            let lost = HTTPFailure(
                kind: .connectionLost, message: "m", host: "h",
                requestMayHaveReachedServer: arrived)
            let decision = decide(.lost(lost), isRepeatable: isRepeatable)
            #expect(
                decision
                    == (isAgain ? .again(afterSeconds: 1, isRateLimit: false) : .giveUpUnknown))
        }
        for kind in [HTTPFailure.Kind.tls, .badRequest, .bodyTooLong] {
            let lost = HTTPFailure(
                kind: kind, message: "m", host: "h", requestMayHaveReachedServer: true)
            #expect(decide(.lost(lost)) == .giveUp)
        }
    }
}
