package import HTTP
import Synchronization

/// A server that exists only in a test: each request gets the next scripted reply.
///
/// A request too many fails the test, for nothing was said about it.
package final class ScriptedTransport: HTTPTransport {
    /// What comes of one request.
    package enum Reply: Sendable {
        case answer(HTTPResponse)
        case failure(HTTPFailure)
        /// The head and these pieces, then the connection breaks.
        case broken(HTTPResponse, pieces: [[UInt8]], HTTPFailure)
    }

    /// More requests came than the script has replies.
    package struct Unexpected: Error, CustomStringConvertible {
        package let description: String
    }

    private struct State {
        var replies: [Reply]
        var requests: [HTTPRequest] = []
    }

    private let state: Mutex<State>

    /// Makes a server with its replies in order.
    package init(_ replies: [Reply]) { state = Mutex(State(replies: replies)) }

    /// What was asked so far.
    package var requests: [HTTPRequest] { state.withLock { $0.requests } }

    package func send(_ request: HTTPRequest, limitBytes: Int) async throws -> HTTPResponse {
        switch try next(request) {
        case .answer(let response): return response
        case .failure(let failure), .broken(_, _, let failure): throw failure
        }
    }

    package func stream(
        _ request: HTTPRequest,
        onHead: @Sendable (HTTPResponse) async throws -> Void,
        onBody: @Sendable ([UInt8]) async throws -> Void
    ) async throws -> HTTPResponse {
        switch try next(request) {
        case .failure(let failure): throw failure
        case .answer(let response):
            let head = HTTPResponse(status: response.status, headers: response.headers)
            try await onHead(head)
            if !response.body.isEmpty { try await onBody(response.body) }
            return head
        case .broken(let head, let pieces, let failure):
            try await onHead(head)
            for piece in pieces { try await onBody(piece) }
            throw failure
        }
    }

    private func next(_ request: HTTPRequest) throws -> Reply {
        try state.withLock { state in
            state.requests.append(request)
            guard !state.replies.isEmpty else {
                throw Unexpected(description: "nothing was scripted for \(request.method)")
            }
            return state.replies.removeFirst()
        }
    }
}
