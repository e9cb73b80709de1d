import HTTP
import JSON
import Testing

@testable import GitHub

@Suite struct GitHubRefusalTests {
    private static let now: Double = 1_795_000_000

    private func refusal(
        _ status: Int, _ headers: [(name: String, value: String)] = [], _ message: String = "no"
    ) -> GitHubRefusal {
        let body: JSONValue = ["message": .string(message)]
        return GitHubRefusal(
            HTTPResponse(status: status, headers: headers, body: Array(body.compactText.utf8)))
    }

    private func decide(
        _ refusal: GitHubRefusal, isRepeatable: Bool = true, _ progress: Progress = Progress()
    ) -> RetryPolicy.Decision {
        RetryPolicy.github.decide(
            refusal.setback(after: progress, now: Self.now), isRepeatable: isRepeatable, progress,
            jitter: 1)
    }

    private typealias Progress = RetryPolicy.Progress

    private func progress(
        attempt: Int = 1, limits: Int = 0, limitSeconds: Double = 0
    ) -> Progress {
        var progress = Progress()
        progress.attempt = attempt
        progress.limits = limits
        progress.limitSeconds = limitSeconds
        return progress
    }

    @Test func `a used-up limit is waited for until it is filled, whatever the call`() {
        let failure = refusal(
            403, [("x-ratelimit-remaining", "0"), ("x-ratelimit-reset", "1795000030")])
        for isRepeatable in [true, false] {
            #expect(
                decide(failure, isRepeatable: isRepeatable)
                    == .again(afterSeconds: 31, isLimit: true))
        }
        let past = refusal(
            429, [("X-RateLimit-Remaining", "0"), ("X-RateLimit-Reset", "1794999000")])
        #expect(decide(past) == .again(afterSeconds: 1, isLimit: true))
    }

    @Test func `a secondary limit says how long, or is waited for a minute and longer`() {
        #expect(
            decide(refusal(403, [("Retry-After", "7")]))
                == .again(afterSeconds: 7, isLimit: true))
        let silent = refusal(403, [], "You have exceeded a secondary rate limit.")
        for (met, seconds) in [(0, 60.0), (1, 120), (2, 240)] {
            let progress = self.progress(limits: met)
            #expect(
                decide(silent, progress) == .again(afterSeconds: seconds, isLimit: true))
        }
    }

    @Test func `no wait is longer than its bound, and none comes too often`() {
        #expect(decide(refusal(429, [("Retry-After", "901")])) == .giveUp)
        let short = refusal(429, [("Retry-After", "2")])
        #expect(decide(short, progress(limitSeconds: 899)) == .giveUp)
        #expect(decide(short, progress(limits: 8)) == .giveUp)
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
            #expect(decide(refusal(status)) == .again(afterSeconds: 1, isLimit: false))
            #expect(decide(refusal(status), isRepeatable: false) == .giveUpUnknown)
        }
        #expect(decide(refusal(502), progress(attempt: 5)) == .giveUp)
        #expect(
            decide(refusal(503, [("Retry-After", "999")]))
                == .again(afterSeconds: 15, isLimit: false))
    }
}
