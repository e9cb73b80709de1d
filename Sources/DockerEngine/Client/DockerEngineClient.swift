package import Diagnostics
package import HTTP
import JSON
import Synchronization

/// The real engine, over its HTTP API.
///
/// Source: <https://docs.docker.com/reference/api/engine/version/v1.43/>
package final class DockerEngineClient: ContainerEngine {
    /// What is known after the first call.
    private struct Known {
        var host: DockerHost?
        var description: EngineDescription?
    }

    private let findHost: @Sendable () async throws -> DockerHost
    let transport: any HTTPTransport
    private let time: any TimeSource
    private let known = Mutex(Known())

    /// Makes a client; nothing is looked for before the first call.
    ///
    /// - Parameters:
    ///   - transport: what sends.
    ///   - time: waits between attempts.
    ///   - findHost: names the engine; asked once.
    package init(
        transport: any HTTPTransport, time: any TimeSource = SystemTimeSource(),
        findHost: @escaping @Sendable () async throws -> DockerHost
    ) {
        self.transport = transport
        self.time = time
        self.findHost = findHost
    }

    package func ping() async throws -> EngineDescription {
        let host = try await host()
        let call = ServerCall(
            method: "GET", .path("/_ping"), purpose: "answer", isRepeatable: true, limitSeconds: 20)
        let description = try await send(call, version: nil) { response, failure in
            guard let text = response.header("Api-Version"), let offered = APIVersion(text) else {
                throw failure.garbled("it names no API version")
            }
            guard offered >= .lowest else {
                throw EngineFailure.version(
                    "the Docker engine that \(host.origin) names is too old",
                    ["it speaks API version \(offered), \(APIVersion.lowest) is the lowest in use"],
                    "install Docker 19.03 or newer, or name another engine in `DOCKER_HOST`")
            }
            return EngineDescription(
                apiVersion: min(offered, .highest), server: response.header("Server") ?? "",
                address: host.text, certificates: host.certificates)
        }
        known.withLock { $0.description = description }
        return description
    }

    // MARK: Calls

    /// Makes a call of which only the status says something.
    ///
    /// - Returns: whether the status is 2xx, and not another of the expected.
    @discardableResult
    func acknowledged(_ call: ServerCall) async throws -> Bool {
        try await answer(to: call) { response, failure in
            // The engine answers some of these with JSON, and none with anything else.
            guard response.body.isEmpty || (try? JSONValue.parse(response.body, source: "")) != nil
            else { throw failure.garbled("it is \(response.body.count) bytes that are no JSON") }
            return (200..<300).contains(response.status)
        }
    }

    /// Makes a call and reads its answer, whose status is 2xx or among the expected.
    ///
    /// - Parameter read: throws `docker.wire` where it is no answer to this call.
    func answer<Answer: Sendable>(
        to call: ServerCall,
        _ read: @escaping @Sendable (HTTPResponse, EngineFailure) throws -> Answer
    ) async throws -> Answer {
        try await send(call, version: try await version(), read)
    }

    /// Makes a call whose answer is JSON, and reads it; nil for an expected status beside 2xx.
    func json<Answer: Sendable>(
        _ call: ServerCall,
        _ read: @escaping @Sendable (JSONValue, EngineFailure) throws -> Answer
    ) async throws -> Answer? {
        try await answer(to: call) { response, failure in
            guard (200..<300).contains(response.status) else { return nil }
            do {
                return try read(
                    try JSONValue.parse(response.body, source: "the Docker engine's answer"),
                    failure)
            } catch let problem as Diagnostic where problem.code.hasPrefix("json.") {
                throw failure.garbled(problem.summary)
            }
        }
    }

    /// What makes errors of a call.
    func failure(_ call: ServerCall) async throws -> EngineFailure {
        EngineFailure(call: call, host: try await host())
    }

    /// The request of a call, with the version that was agreed on.
    func request(_ call: ServerCall) async throws -> HTTPRequest {
        try await host().request(call, version: try await version())
    }

    private func host() async throws -> DockerHost {
        if let host = known.withLock({ $0.host }) { return host }
        let found = try await findHost()
        known.withLock { $0.host = found }
        return found
    }

    private func version() async throws -> APIVersion {
        if let description = known.withLock({ $0.description }) { return description.apiVersion }
        return try await ping().apiVersion
    }

    private func send<Answer: Sendable>(
        _ call: ServerCall, version: APIVersion?,
        _ read: @escaping @Sendable (HTTPResponse, EngineFailure) throws -> Answer
    ) async throws -> Answer {
        let host = try await host()
        let exchange = EngineExchange(
            call: call, request: host.request(call, version: version), host: host,
            transport: transport, read: read)
        return try await RetryLoop(policy: .docker, time: time).run(exchange)
    }
}
