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
        var call = operation.call
        let server = try findServer()
        var request = try server.request(call)
        let key = "\(call.headers) \(request.url)"
        let kept = call.method == "GET" ? cache.answer(for: key) : nil
        if let tag = kept?.header("ETag") { request.headers.append(("If-None-Match", tag)) }
        call.answers.insert(304)
        let found = try await send(request, call, operation.repository, server) {
            [cache, isKept = call.method == "GET"] response -> Found<O.Output> in
            guard response.status == 304 else {
                if response.status == 302, let location = response.header("Location") {
                    return .elsewhere(location)
                }
                let output = try operation.output(GitHubAnswer(response))
                // Not before it proved to be an answer.
                if isKept { cache.keep(response, for: key) }
                return .output(output)
            }
            guard let kept else {
                throw GitHubWire.garbled("it is status 304 to a first question")
            }
            return .output(try operation.output(GitHubAnswer(kept)))
        }
        switch found {
        case .output(let output): return output
        case .elsewhere(let location): return try await follow(location, operation, server)
        }
    }

    /// Where what was asked for is.
    private enum Found<Output: Sendable>: Sendable {
        case output(Output)
        case elsewhere(String)
    }

    /// Fetches what GitHub keeps elsewhere; the token is not for that place.
    private func follow<O: GitHubOperation>(
        _ location: String, _ operation: O, _ server: GitHubServer
    ) async throws -> O.Output {
        guard GitHubServer.isSafe(location) else { throw GitHubServer.unsafe(location) }
        var elsewhere = operation.call
        elsewhere.answers = []
        let request = HTTPRequest(method: "GET", url: location)
        return try await send(request, elsewhere, operation.repository, server) {
            try operation.output(GitHubAnswer($0))
        }
    }

    private func send<Output: Sendable>(
        _ request: HTTPRequest, _ call: ServerCall, _ repository: RepositoryName,
        _ server: GitHubServer,
        _ read: @escaping @Sendable (HTTPResponse) throws -> Output
    ) async throws -> Output {
        let exchange = GitHubExchange(
            call: call, repository: repository, request: request, server: server,
            transport: transport, time: time, say: say, read: read)
        return try await RetryLoop(policy: .github, time: time).run(exchange)
    }
}
