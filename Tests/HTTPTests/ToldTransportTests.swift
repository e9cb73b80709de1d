import Diagnostics
import HTTP
import Synchronization
import TestSupport
import Testing

@Suite struct ToldTransportTests {
    /// Answers one thing, or fails.
    private struct Fixed: HTTPTransport {
        let outcome: Result<HTTPResponse, HTTPFailure>

        func send(_ request: HTTPRequest, limitBytes: Int) async throws -> HTTPResponse {
            try outcome.get()
        }

        func stream(
            _ request: HTTPRequest, onHead: @Sendable (HTTPResponse) async throws -> Void,
            onBody: @Sendable ([UInt8]) async throws -> Void
        ) async throws -> HTTPResponse {
            try outcome.get()
        }
    }

    private func told(
        _ request: HTTPRequest, _ outcome: Result<HTTPResponse, HTTPFailure>
    ) async -> [String] {
        let lines = Log()
        let transport = ToldTransport(Fixed(outcome: outcome), time: TestClock()) { note in
            lines.add(note.text)
        }
        _ = try? await transport.send(request, limitBytes: 10)
        _ = try? await transport.stream(request, onHead: { _ in }, onBody: { _ in })
        return lines.all
    }

    /// What was told, in order.
    private final class Log: Sendable {
        private let lines = Mutex<[String]>([])

        var all: [String] { lines.withLock { $0 } }

        func add(_ line: String) { lines.withLock { $0.append(line) } }
    }

    @Test func `a request is told without what might be a secret`() async {
        var request = HTTPRequest(
            method: "GET", url: "https://b.s3.amazonaws.com/key?X-Amz-Signature=secret",
            headers: [("authorization", "secret")], body: .bytes(Array("secret".utf8)))
        request.operation = "s3:GetObject"
        let response = HTTPResponse(
            status: 206, headers: [("X-Amz-Request-Id", "R1"), ("set-cookie", "secret")],
            body: Array("secret".utf8))
        let line = "GET https://b.s3.amazonaws.com/key s3:GetObject: 206 in 0 ms, request id R1"
        #expect(await told(request, .success(response)) == [line, line])
    }

    @Test func `what gives out credentials is told without its path, and nobody with a password`()
        async
    {
        let response = HTTPResponse(status: 200, headers: [], body: [])
        let request = HTTPRequest(
            method: "GET", url: "http://169.254.170.2/v2/credentials/secret", headers: [],
            body: .none)
        let line = "GET http://169.254.170.2: 200 in 0 ms"
        #expect(await told(request, .success(response)) == [line, line])
        var proxied = HTTPRequest(method: "GET", url: "https://me:secret@h.test:8/a/b@c")
        proxied.operation = "read"
        let other = "GET https://h.test:8/a/b@c read: 200 in 0 ms"
        #expect(await told(proxied, .success(response)) == [other, other])
    }

    @Test func `what never came is told with its kind`() async {
        let failure = HTTPFailure(
            kind: .idleTimeout, message: "m", host: "h", requestMayHaveReachedServer: true)
        var request = HTTPRequest(method: "POST", url: "http://docker/v1/containers/create?name=a")
        request.unixSocketPath = "/run/docker.sock"
        #expect(
            await told(request, .failure(failure)).first
                == "POST unix:/run/docker.sock/v1/containers/create: idle-timeout after 0 ms")
    }
}
