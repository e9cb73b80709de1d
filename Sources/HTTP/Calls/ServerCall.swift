package import Diagnostics
package import JSON

/// One call of a server that is asked in plain HTTP (GitHub, a Docker engine), with everything that
/// bounds it.
package struct ServerCall: Sendable {
    /// Where it goes.
    package enum Address: Sendable, Equatable {
        /// Below the server's root, such as `/repos/o/n/releases/1`.
        case path(String)
        /// An address that an earlier answer named.
        case url(String)
    }

    /// `GET`, `PUT` and so on.
    package var method: String
    package var address: Address
    /// Not encoded; nil for a bare name.
    package var query: [(name: String, value: String?)] = []
    package var headers: [(name: String, value: String)] = []
    /// Headers that nobody may see.
    package var secretHeaders: [(name: String, value: Secret)] = []
    package var body: HTTPRequest.Body = .none
    /// What it does, as errors say it: `read release 7`, `create the container`.
    package var purpose: String
    /// Whether a second time changes nothing.
    package var isRepeatable: Bool
    /// Longest time for the whole call.
    package var limitSeconds: Double = 60
    /// Longest time in which nothing moves; nil for the limit of the whole call.
    package var idleSeconds: Double?
    /// Statuses beside 2xx that are answers and no errors.
    package var answers: Set<Int> = []
    /// What must not be repeated of the server's words.
    package var secrets: [Secret] = []

    /// Describes a call; the rest is set where it differs.
    ///
    /// - Parameter json: the body; nil for none.
    package init(
        method: String, _ address: Address, query: [(name: String, value: String?)] = [],
        json: JSONValue? = nil, purpose: String, isRepeatable: Bool, limitSeconds: Double = 60,
        answers: Set<Int> = []
    ) {
        self.method = method
        self.address = address
        self.query = query
        self.purpose = purpose
        self.isRepeatable = isRepeatable
        self.limitSeconds = limitSeconds
        self.answers = answers
        if let json {
            headers.append(("Content-Type", "application/json"))
            body = .bytes(Array(json.compactText.utf8))
        }
    }

    /// A call that only reads.
    package static func reading(
        _ address: Address, query: [(name: String, value: String?)] = [], purpose: String,
        answers: Set<Int> = []
    ) -> ServerCall {
        ServerCall(
            method: "GET", address, query: query, purpose: purpose, isRepeatable: true,
            answers: answers)
    }

    /// Whether a status is an answer, and no error.
    package func isAnswered(by status: Int) -> Bool {
        (200..<300).contains(status) || answers.contains(status)
    }

    /// The request.
    ///
    /// - Parameter root: what paths are below, such as `https://api.github.com`.
    package func request(below root: String) -> HTTPRequest {
        var url =
            switch address {
            case .path(let path): root + path
            case .url(let named): named
            }
        if !query.isEmpty {
            url += (url.contains("?") ? "&" : "?") + PercentEncoding.query(query)
        }
        var request = HTTPRequest(
            method: method, url: url,
            headers: headers + secretHeaders.map { ($0.name, $0.value.reveal()) }, body: body)
        request.totalTimeoutSeconds = limitSeconds
        request.idleTimeoutSeconds = idleSeconds ?? limitSeconds
        // The retry loop repeats by itself, and knows better what may be sent twice.
        request.mustNotRepeat = !isRepeatable
        request.operation = purpose
        return request
    }
}

extension Attempted {
    /// Sorts what a server said.
    ///
    /// - Parameters:
    ///   - wire: the code by which `read` says that the answer is none to this call.
    ///   - read: reads an answer.
    ///   - refusal: reads everything else.
    package init(
        _ response: HTTPResponse, to call: ServerCall, wire: String,
        read: (HTTPResponse) throws -> Answer, refusal: (HTTPResponse) -> Refusal
    ) throws {
        guard call.isAnswered(by: response.status) else {
            self = .refused(refusal(response))
            return
        }
        do {
            self = .answered(try read(response))
        } catch let problem as Diagnostic where problem.code == wire {
            self = .garbled(problem)
        }
    }
}
