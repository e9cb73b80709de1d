/// Sends requests and streams answers; the real one is `CurlTransport`.
package protocol HTTPTransport: Sendable {
    /// Sends one request and collects the whole answer.
    ///
    /// - Parameters:
    ///   - request: what to send.
    ///   - limitBytes: an answer body longer than this is an error.
    /// - Returns: any status that the server answered; statuses are not errors here.
    /// - Throws: `HTTPFailure`, `CancellationError`, or what a closure threw.
    func send(_ request: HTTPRequest, limitBytes: Int) async throws -> HTTPResponse

    /// Sends one request and hands the answer's body on in pieces, with back-pressure: while
    /// `onBody` runs, the connection is read ahead by a bounded amount and no further.
    ///
    /// - Parameters:
    ///   - request: what to send.
    ///   - onHead: called once, before the first piece, with the status and headers; what it
    ///     throws ends the transfer.
    ///   - onBody: called for each piece, in order.
    /// - Returns: status and headers, with an empty body.
    func stream(
        _ request: HTTPRequest,
        onHead: @Sendable (HTTPResponse) async throws -> Void,
        onBody: @Sendable ([UInt8]) async throws -> Void
    ) async throws -> HTTPResponse
}
