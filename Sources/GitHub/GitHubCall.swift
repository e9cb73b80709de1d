import Diagnostics
import HTTP
import JSON

/// One call of the API, with everything that bounds it.
package struct GitHubCall: Sendable {
    /// Where it goes.
    enum Address: Sendable, Equatable {
        /// Below the API's root, such as `/repos/o/n/releases/1`.
        case path(String)
        /// An address that an earlier answer named.
        case url(String)
    }

    /// What is sent.
    enum Body: Sendable {
        case none
        case json(JSONValue)
        case bytes([UInt8], contentType: String)
    }

    var method: String
    var address: Address
    var query: [(name: String, value: String?)] = []
    var body: Body = .none
    var accept = "application/vnd.github+json"
    /// What it does, as errors say it: `read release 7`.
    var purpose: String
    var repository: RepositoryName
    /// Whether a second time changes nothing.
    var isRepeatable: Bool
    /// Longest time for the whole call.
    var limitSeconds: Double = 60
    /// Statuses beside 2xx that are answers and no errors.
    var answers: Set<Int> = []

    /// Which version of the API is spoken: the one that every server knows.
    ///
    /// Source: <https://docs.github.com/en/rest/about-the-rest-api/api-versions>
    static let apiVersion = "2022-11-28"

    /// A call that only reads.
    static func reading(
        _ address: Address, query: [(name: String, value: String?)] = [], purpose: String,
        in repository: RepositoryName
    ) -> GitHubCall {
        GitHubCall(
            method: "GET", address: address, query: query, purpose: purpose,
            repository: repository, isRepeatable: true)
    }

    /// The request for a server, with the token.
    ///
    /// - Throws: `github.api-url` where an address that the server named is no safe place for it.
    func request(to server: GitHubServer) throws -> HTTPRequest {
        var url: String
        switch address {
        case .path(let path): url = server.apiUrl + path
        case .url(let named):
            guard GitHubServer.isSafe(named) else { throw GitHubServer.unsafe(named) }
            url = named
        }
        if !query.isEmpty {
            url += url.contains("?") ? "&" : "?"
            url += PercentEncoding.query(query)
        }
        var request = HTTPRequest(
            method: method, url: url,
            headers: [
                ("Accept", accept), ("X-GitHub-Api-Version", Self.apiVersion),
                ("Authorization", "Bearer \(try server.requiredToken().reveal())"),
            ])
        switch body {
        case .none: break
        case .json(let value):
            request.headers.append(("Content-Type", "application/json; charset=utf-8"))
            request.body = .bytes(Array(value.compactText.utf8))
        case .bytes(let bytes, let contentType):
            request.headers.append(("Content-Type", contentType))
            request.body = .bytes(bytes)
        }
        request.totalTimeoutSeconds = limitSeconds
        // The client repeats by itself, and knows better what may be sent twice.
        request.mustNotRepeat = !isRepeatable
        return request
    }
}
