package import Diagnostics

/// A transport that tells of every request when it has ended: the one place where all servers'
/// calls pass.
package struct ToldTransport: HTTPTransport {
    private let base: any HTTPTransport
    private let time: any TimeSource
    private let tell: @Sendable (CallNote) -> Void

    /// Wraps a transport.
    ///
    /// - Parameter tell: called for each request, an attempt that is made again too.
    package init(
        _ base: any HTTPTransport, time: any TimeSource,
        tell: @escaping @Sendable (CallNote) -> Void
    ) {
        self.base = base
        self.time = time
        self.tell = tell
    }

    package func send(_ request: HTTPRequest, limitBytes: Int) async throws -> HTTPResponse {
        try await told(request) { try await base.send(request, limitBytes: limitBytes) }
    }

    package func stream(
        _ request: HTTPRequest, onHead: @Sendable (HTTPResponse) async throws -> Void,
        onBody: @Sendable ([UInt8]) async throws -> Void
    ) async throws -> HTTPResponse {
        try await told(request) {
            try await base.stream(request, onHead: onHead, onBody: onBody)
        }
    }

    private func told(
        _ request: HTTPRequest, _ work: () async throws -> HTTPResponse
    ) async throws -> HTTPResponse {
        let start = time.monotonicSeconds()
        func note(_ outcome: Result<HTTPResponse, any Error>) {
            tell(CallNote(request, seconds: time.monotonicSeconds() - start, outcome))
        }
        do {
            let response = try await work()
            note(.success(response))
            return response
        } catch {
            note(.failure(error))
            throw error
        }
    }
}
