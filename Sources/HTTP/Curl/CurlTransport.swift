/// The real transport: libcurl, one thread, shared connections.
///
/// HTTP/2 where a server offers it over TLS, else HTTP/1.1 with keep-alive. Redirects are not
/// followed, bodies not decompressed; cookies, `.netrc` and `Expect: 100-continue` are not used.
/// Nothing of a request or an answer is ever logged here. The thread and libcurl itself are
/// started by the first request; `close()`, or the end of the last reference, ends both.
///
/// While a reader is busy, 256 KiB of its body are read ahead; over HTTP/2 libcurl lets a stream
/// have up to 32 MiB under way. A paused transfer keeps its connection, so a reader that sends
/// requests to the same host counts twice towards `connectionsPerHost`.
package final class CurlTransport: HTTPTransport {
    private let loop: CurlLoop

    /// Makes a transport; nothing is loaded or started yet.
    package init(_ configuration: Configuration) { loop = CurlLoop(configuration) }

    deinit { loop.close() }

    /// Ends what still runs (as failures of kind `other`) and waits for the thread's end.
    package func close() async {
        loop.close()
        await loop.untilEnded()
    }

    package func send(_ request: HTTPRequest, limitBytes: Int) async throws -> HTTPResponse {
        var body: [UInt8] = []
        var response = try await exchange(request) { event in
            switch event {
            case .head(let head):
                if request.method != "HEAD", let size = head.declaredSizeBytes, size > limitBytes {
                    throw Self.tooLong(request, limitBytes)
                }
            case .body(let piece):
                if body.count + piece.count > limitBytes { throw Self.tooLong(request, limitBytes) }
                body += piece
            }
        }
        response.body = body
        return response
    }

    package func stream(
        _ request: HTTPRequest,
        onHead: @Sendable (HTTPResponse) async throws -> Void,
        onBody: @Sendable ([UInt8]) async throws -> Void
    ) async throws -> HTTPResponse {
        try await exchange(request) { event in
            switch event {
            case .head(let head): try await onHead(head)
            case .body(let piece): try await onBody(piece)
            }
        }
    }

    /// Runs one transfer and hands on what arrives, in order.
    private func exchange(
        _ request: HTTPRequest, _ consume: (CurlExchange.Event) async throws -> Void
    ) async throws -> HTTPResponse {
        try Task.checkCancellation()
        let exchange = try CurlExchange(request)
        return try await withTaskCancellationHandler {
            loop.start(exchange)
            do {
                return try await drain(exchange, consume)
            } catch {
                exchange.abandon(error)
                loop.stop(exchange)
                throw error
            }
        } onCancel: {
            exchange.abandon(CancellationError())
            loop.stop(exchange)
        }
    }

    private func drain(
        _ exchange: CurlExchange, _ consume: (CurlExchange.Event) async throws -> Void
    ) async throws -> HTTPResponse {
        var response: HTTPResponse?
        while true {
            let step = await exchange.next()
            if step.mustResume { loop.resume(exchange) }
            guard let event = try step.outcome.get() else { break }
            if case .head(let head) = event { response = head }
            try await consume(event)
        }
        if let response { return response }
        throw HTTPFailure(
            kind: .other, message: "the answer has no status", host: exchange.request.place,
            requestMayHaveReachedServer: true)
    }

    private static func tooLong(_ request: HTTPRequest, _ limitBytes: Int) -> HTTPFailure {
        HTTPFailure(
            kind: .bodyTooLong, message: "the answer is longer than \(limitBytes) bytes",
            host: request.place, requestMayHaveReachedServer: true)
    }
}

extension HTTPResponse {
    /// What `Content-Length` announces.
    fileprivate var declaredSizeBytes: Int? { header("Content-Length").flatMap { Int($0) } }
}
