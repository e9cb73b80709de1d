import Diagnostics
import HTTP

/// How far a streamed download has come, so that a lost connection goes on where it broke off.
actor DownloadProgress {
    /// The server refused; its words were kept instead of being streamed.
    struct Refused: Error {
        var response: HTTPResponse
    }

    /// What answered is not S3, though its status says that it succeeded.
    struct Foreign: Error {
        var problem: Diagnostic
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
        let asked = Self.header("if-match", of: request)
        let response = try await transport.stream(
            request, onHead: { try await self.begin($0, ifMatch: asked) },
            onBody: { piece in
                if await self.accepts(piece) { try await onBody(piece) }
            })
        if let refusal { throw Refused(response: refusal) }
        return response
    }

    private func begin(_ answer: HTTPResponse, ifMatch asked: String?) throws {
        if !(200..<300).contains(answer.status) {
            refusal = HTTPResponse(status: answer.status, headers: answer.headers)
        } else if receivedBytes == 0 {
            // Before a piece is handed on: what comes of a proxy has no tag, or another.
            guard let etag = answer.header("etag"), asked == nil || etag == asked else {
                throw Foreign(
                    problem: Diagnostic(
                        code: "aws.wire", summary: "the answer is not the object's",
                        causes: ["its `ETag` is \(answer.header("etag") ?? "missing")"]))
            }
            head = answer
        } else if answer.status != 206 {
            throw broken("the server began again from the first byte")
        }
    }

    /// The request for what is behind the bytes that have come, of the very object that was begun,
    /// so that no two are mixed.
    func rest(of request: HTTPRequest) throws -> HTTPRequest {
        guard receivedBytes > 0 else { return request }
        guard let etag = head?.header("etag") else {
            throw broken("the answer has no `ETag` by which to go on")
        }
        let asked = Self.header("range", of: request)
        guard let range = Self.rest(of: asked, after: receivedBytes) else {
            throw broken("`\(asked ?? "")` cannot be gone on with")
        }
        var request = request
        request.headers.removeAll { ["range", "if-match"].contains($0.name.lowercased()) }
        request.headers.append(("range", range))
        request.headers.append(("if-match", etag))
        return request
    }

    /// The part that is left of `bytes=FIRST-LAST` or `bytes=FIRST-`; nil for other forms.
    static func rest(of range: String?, after count: UInt64) -> String? {
        guard let range else { return "bytes=\(count)-" }
        guard range.hasPrefix("bytes=") else { return nil }
        let ends = range.dropFirst(6).split(separator: "-", omittingEmptySubsequences: false)
        guard ends.count == 2, let first = UInt64(ends[0]),
            ends[1].isEmpty || UInt64(ends[1]).map({ $0 >= first + count }) == true
        else { return nil }
        return "bytes=\(first + count)-\(ends[1])"
    }

    private static func header(_ name: String, of request: HTTPRequest) -> String? {
        request.headers.first { $0.name.lowercased() == name }?.value
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
