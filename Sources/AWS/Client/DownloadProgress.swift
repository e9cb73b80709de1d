import Diagnostics
import HTTP

/// How far a streamed download has come, so that a lost connection goes on where it broke off.
actor DownloadProgress {
    /// The server refused; its words were kept instead of being streamed.
    struct Refused: Error {
        var response: HTTPResponse
    }

    private static let refusalLimitBytes = 1 << 16

    /// The first good answer's status and headers.
    private(set) var head: HTTPResponse?
    private var receivedBytes: UInt64 = 0
    private var refusal: HTTPResponse?

    /// Makes one attempt.
    ///
    /// - Throws: `Refused` where the status is no success.
    func stream(
        _ request: HTTPRequest, over transport: any HTTPTransport,
        onBody: @Sendable ([UInt8]) async throws -> Void
    ) async throws -> HTTPResponse {
        refusal = nil
        var request = request
        if receivedBytes > 0 {
            // Both need no signature: S3 demands one of `host` and `x-amz-*` headers only.
            let etag = try entityTag(request)
            request.headers.append(("range", "bytes=\(receivedBytes)-"))
            request.headers.append(("if-match", etag))
        }
        let response = try await transport.stream(
            request, onHead: { try await self.begin($0) },
            onBody: { piece in
                if await self.accepts(piece) { try await onBody(piece) }
            })
        if let refusal { throw Refused(response: refusal) }
        return response
    }

    private func begin(_ answer: HTTPResponse) throws {
        if !(200..<300).contains(answer.status) {
            refusal = HTTPResponse(status: answer.status, headers: answer.headers)
        } else if receivedBytes == 0 {
            head = answer
        } else if answer.status != 206 {
            throw broken("the server began again from the first byte")
        }
    }

    /// Names the very object that was begun, so that no two are mixed.
    private func entityTag(_ request: HTTPRequest) throws -> String {
        guard !request.headers.contains(where: { $0.name.lowercased() == "range" }) else {
            throw broken("a part of an object is not asked for again")
        }
        guard let etag = head?.header("etag") else {
            throw broken("the answer has no `ETag` by which to go on")
        }
        return etag
    }

    private func broken(_ cause: String) -> Diagnostic {
        Diagnostic(
            code: "aws.download", summary: "the download broke off after \(receivedBytes) bytes",
            causes: [cause], hint: "run the command again")
    }

    private func accepts(_ piece: [UInt8]) -> Bool {
        guard let body = refusal?.body else {
            receivedBytes += UInt64(piece.count)
            return true
        }
        refusal?.body += piece.prefix(max(0, Self.refusalLimitBytes - body.count))
        return false
    }
}
