package import Diagnostics
import FoundationEssentials
package import HTTP

/// The real GitHub, over its REST API.
///
/// Source: <https://docs.github.com/en/rest?apiVersion=2022-11-28>
package final class GitHubClient: ReleaseHost {
    private let findServer: @Sendable () throws -> GitHubServer
    private let transport: any HTTPTransport
    private let time: any TimeSource
    private let say: @Sendable (String) -> Void
    private let cache = AnswerCache()
    private let policy = GitHubRetryPolicy()

    private static let answerLimitBytes = 64 << 20

    /// Makes a client; nothing is connected before the first call.
    ///
    /// - Parameters:
    ///   - transport: what sends.
    ///   - time: waits between attempts.
    ///   - say: tells a person what takes its time.
    ///   - findServer: names the server and the token.
    package init(
        transport: any HTTPTransport, time: any TimeSource = SystemTimeSource(),
        say: @escaping @Sendable (String) -> Void,
        findServer: @escaping @Sendable () throws -> GitHubServer
    ) {
        self.transport = transport
        self.time = time
        self.say = say
        self.findServer = findServer
    }

    package func checkConfiguration() throws { _ = try findServer().requiredToken() }

    package func call<O: GitHubOperation>(_ operation: O) async throws -> O.Output {
        let call = operation.call
        let server = try findServer()
        var request = try call.request(to: server)
        let key = "\(call.accept) \(request.url)"
        let kept = call.method == "GET" ? cache.answer(for: key) : nil
        if let tag = kept?.header("ETag") { request.headers.append(("If-None-Match", tag)) }
        var response = try await send(request, call, server)
        if response.status == 304 {
            guard let kept else { throw GitHubWire.garbled("it is status 304 to a first question") }
            response = kept
        } else if call.method == "GET" {
            cache.keep(response, for: key)
        }
        if response.status == 302, let location = response.header("Location") {
            response = try await follow(location, call, server)
        }
        return try operation.output(
            GitHubAnswer(
                status: response.status, body: response.body,
                next: LinkHeader.next(response.header("Link"))))
    }

    /// Fetches what GitHub keeps elsewhere; the token is not for that place.
    private func follow(
        _ location: String, _ call: GitHubCall, _ server: GitHubServer
    ) async throws -> HTTPResponse {
        guard GitHubServer.isSafe(location) else { throw GitHubServer.unsafe(location) }
        var elsewhere = call
        elsewhere.answers = []
        return try await send(HTTPRequest(method: "GET", url: location), elsewhere, server)
    }

    private func send(
        _ request: HTTPRequest, _ call: GitHubCall, _ server: GitHubServer
    ) async throws -> HTTPResponse {
        var progress = GitHubRetryPolicy.Progress()
        while true {
            let failure: GitHubRetryPolicy.Failure
            do {
                let response = try await transport.send(request, limitBytes: Self.answerLimitBytes)
                let isAnswer =
                    (200..<300).contains(response.status) || response.status == 304
                    || call.answers.contains(response.status)
                if isAnswer { return response }
                failure = .refused(GitHubRefusal(response))
            } catch let lost as HTTPFailure {
                failure = .lost(lost)
            }
            let decision = policy.decide(
                failure, isRepeatable: call.isRepeatable, progress,
                now: time.now().timeIntervalSince1970, jitter: Double.random(in: 0...1))
            guard case .again(let seconds, let isRateLimit) = decision else {
                let told = GitHubFailure(call: call, server: server, attempt: progress.attempt)
                let isUnknown = decision == .giveUpUnknown
                switch failure {
                case .refused(let refusal): throw told.refused(refusal, isUnknown: isUnknown)
                case .lost(let lost): throw told.lost(lost, isUnknown: isUnknown)
                }
            }
            if isRateLimit {
                progress.rateLimits += 1
                progress.waitedSeconds += seconds
                say("the rate limit of GitHub is used up: waiting \(Int(seconds.rounded(.up))) s")
            } else {
                progress.attempt += 1
            }
            try await time.sleep(seconds: seconds)
        }
    }
}
