import Diagnostics
import HTTP
import JSON

/// One call of the engine's API, with everything that bounds it.
struct EngineCall: Sendable {
    var method: String
    /// Below the version, such as `/containers/x/start`.
    var path: String
    var query: [(name: String, value: String?)] = []
    var body: JSONValue?
    /// Where the call goes on to a registry.
    var credentials: RegistryCredentials?
    /// What it does, as errors say it: `create the container`.
    var purpose: String
    /// Whether a second time changes nothing.
    var isRepeatable: Bool
    /// Longest time for the whole call; nothing moves while the engine works on it.
    var limitSeconds: Double = 60
    /// Longest time in which nothing moves, where that is less.
    var idleSeconds: Double?
    /// Statuses beside 2xx that are answers and no errors.
    var answers: Set<Int> = []

    /// A call that only reads.
    static func reading(
        _ path: String, query: [(name: String, value: String?)] = [], purpose: String,
        absentIsNil: Bool = false
    ) -> EngineCall {
        EngineCall(
            method: "GET", path: path, query: query, purpose: purpose, isRepeatable: true,
            answers: absentIsNil ? [404] : [])
    }

    /// The request for a host.
    ///
    /// - Parameter version: nil for a path without one.
    func request(to host: DockerHost, version: APIVersion?) -> HTTPRequest {
        var base = "http://docker"
        if case .url(let url) = host.address { base = url }
        var url = base + (version.map { "/v\($0)" } ?? "") + path
        if !query.isEmpty {
            url += "?" + PercentEncoding.query(query)
        }
        var request = HTTPRequest(method: method, url: url)
        if case .unixSocket(let path) = host.address { request.unixSocketPath = path }
        request.certificates = host.certificates
        if let body {
            request.headers.append(("Content-Type", "application/json"))
            request.body = .bytes(Array(body.compactText.utf8))
        }
        if let credentials {
            request.headers.append(("X-Registry-Auth", credentials.headerValue.reveal()))
        }
        request.totalTimeoutSeconds = limitSeconds
        request.idleTimeoutSeconds = idleSeconds ?? limitSeconds
        // The client repeats by itself, and knows better what may be sent twice.
        request.mustNotRepeat = !isRepeatable
        return request
    }
}
