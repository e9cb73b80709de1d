import Diagnostics
import FoundationEssentials
import HTTP

/// One request on its way to GitHub: what GitHub adds to the common retry loop.
struct GitHubExchange<Output: Sendable>: RetriedCall {
    let call: ServerCall
    let repository: RepositoryName
    let request: HTTPRequest
    let server: GitHubServer
    let transport: any HTTPTransport
    let time: any TimeSource
    /// Tells a person what takes its time.
    let say: @Sendable (String) -> Void
    /// Reads an answer.
    let read: @Sendable (HTTPResponse) throws -> Output

    private static var answerLimitBytes: Int { 64 << 20 }

    var isRepeatable: Bool { call.isRepeatable }

    mutating func attempt() async throws -> Attempted<Output, GitHubRefusal> {
        let response = try await transport.send(request, limitBytes: Self.answerLimitBytes)
        return try Attempted(
            response, to: call, wire: GitHubWire.code, read: read, refusal: GitHubRefusal.init)
    }

    func setback(_ refusal: GitHubRefusal, after progress: RetryPolicy.Progress) -> Setback {
        refusal.setback(after: progress, now: time.now().timeIntervalSince1970)
    }

    mutating func mayGoOn(
        after setback: Setback, waitingSeconds: Double, isLimit: Bool
    ) async -> Bool {
        if isLimit {
            let seconds = Int(waitingSeconds.rounded(.up))
            say("the rate limit of GitHub is used up: waiting \(seconds) s")
        }
        return true
    }

    func diagnostic(of end: FinalFailure<GitHubRefusal>) -> Diagnostic {
        let told = GitHubFailure(
            call: call, repository: repository, server: server, attempt: end.attempt)
        return switch end.cause {
        case .lost(let lost): told.lost(lost, isOutcomeUnknown: end.isOutcomeUnknown)
        case .refused(let refusal):
            told.refused(refusal, isOutcomeUnknown: end.isOutcomeUnknown)
        case .garbled(let why):
            told.garbled(why, isOutcomeUnknown: end.isOutcomeUnknown)
        }
    }
}

extension RetryPolicy {
    /// Few attempts, and a quarter of an hour for rate limits.
    ///
    /// Source: <https://docs.github.com/en/rest/using-the-rest-api/best-practices-for-using-the-rest-api>
    static let github: RetryPolicy = {
        var policy = RetryPolicy(attempts: 5)
        policy.firstDelaySeconds = 1
        policy.longestDelaySeconds = 15
        policy.longestWishSeconds = 15
        policy.steadyShare = 0.5
        policy.longestLimitSeconds = 900
        policy.mostLimits = 8
        return policy
    }()
}
