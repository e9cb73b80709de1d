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

    /// Attempts of a call that changes nothing the second time.
    private static let attempts = 3
    private static let firstDelaySeconds = 0.5
    private static let answerLimitBytes = 16 << 20

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
        let call = EngineCall(
            method: "GET", path: "/_ping", purpose: "answer", isRepeatable: true, limitSeconds: 20)
        let response = try await send(call, version: nil)
        let failure = EngineFailure(call: call, host: host)
        guard let text = response.header("Api-Version"), let offered = APIVersion(text) else {
            throw failure.garbled("it names no API version")
        }
        guard offered >= .lowest else {
            throw EngineFailure.version(
                "the Docker engine that \(host.origin) names is too old",
                ["it speaks API version \(offered), \(APIVersion.lowest) is the lowest in use"],
                "install Docker 19.03 or newer, or name another engine in `DOCKER_HOST`")
        }
        let description = EngineDescription(
            apiVersion: min(offered, .highest), server: response.header("Server") ?? "",
            address: host.text,
            certificates: host.certificates)
        known.withLock { $0.description = description }
        return description
    }

    // MARK: Calls

    /// Makes a call and hands over its answer, whose status is 2xx or among the expected.
    func answer(to call: EngineCall) async throws -> HTTPResponse {
        try await send(call, version: try await version())
    }

    /// Makes a call whose answer is JSON; nil for an expected status beside 2xx.
    func json(_ call: EngineCall) async throws -> JSONValue? {
        let response = try await answer(to: call)
        guard (200..<300).contains(response.status) else { return nil }
        do {
            return try JSONValue.parse(response.body, source: "the Docker engine's answer")
        } catch let problem as Diagnostic {
            throw try await failure(call).garbled(problem.summary)
        }
    }

    /// What makes errors of a call.
    func failure(_ call: EngineCall) async throws -> EngineFailure {
        EngineFailure(call: call, host: try await host())
    }

    /// A failed transfer as a person sees it.
    func diagnostic(_ lost: HTTPFailure, _ call: EngineCall) async throws -> Diagnostic {
        let host = try await host()
        var socket: EngineFailure.SocketState?
        if case .unixSocket(let path) = host.address { socket = .init(path: path) }
        return EngineFailure(call: call, host: host).lost(lost, socket: socket)
    }

    /// The request of a call, with the version that was agreed on.
    func request(_ call: EngineCall) async throws -> HTTPRequest {
        call.request(to: try await host(), version: try await version())
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

    private func send(_ call: EngineCall, version: APIVersion?) async throws -> HTTPResponse {
        let request = call.request(to: try await host(), version: version)
        var attempt = 1
        while true {
            let isLast = attempt == Self.attempts || !call.isRepeatable
            do {
                let response = try await transport.send(
                    request, limitBytes: Self.answerLimitBytes)
                let isAnswer =
                    (200..<300).contains(response.status) || call.answers.contains(response.status)
                if isAnswer { return response }
                if isLast || !Self.isPassing(response.status) {
                    throw try await failure(call).refused(response.status, response.body)
                }
            } catch let lost as HTTPFailure {
                if isLast || lost.kind != .connectionLost { throw try await diagnostic(lost, call) }
            }
            try await time.sleep(seconds: Self.firstDelaySeconds * Double(attempt))
            attempt += 1
        }
    }

    /// Whether a proxy before the engine says that it is away for a moment.
    private static func isPassing(_ status: Int) -> Bool { [502, 503, 504].contains(status) }
}
