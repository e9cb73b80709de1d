import HTTP
import TestSupport
import Testing

/// What is refused before anything is sent.
@Suite(.timeLimit(.minutes(30)))
struct RefusedRequestTests {
    let transport = CurlTransport.forTests()

    private func refuse(_ request: HTTPRequest) async throws {
        let failure = try await failure { try await transport.send(request, limitBytes: 1) }
        #expect(failure.kind == .badRequest)
        #expect(!failure.requestMayHaveReachedServer)
    }

    @Test(arguments: [
        "ftp://127.0.0.1/", "file:///etc/passwd", "127.0.0.1", "http://", "http:///x",
        "http://user:secret@127.0.0.1/", "http://127.0.0.1/a b", "http://127.0.0.1/ä",
        "http://127.0.0.1/a#b", "http://127.0.0.1/a\r\nX: y", "http://127.0.0.1:99999/",
    ])
    func `a URL that would not be sent as it stands is refused`(url: String) async throws {
        try await refuse(HTTPRequest(method: "GET", url: url))
    }

    @Test(arguments: [
        ("X-A", "a\r\nX-B: b"), ("X-A", "a\nb"), ("X-A", "a\0b"), ("X A", "a"), ("", "a"),
        ("X:A", "a"), ("X-A;", ""), ("Content-Length", "5"), ("Transfer-Encoding", "chunked"),
        ("expect", "100-continue"),
    ])
    func `a header that would mean something else is refused`(
        name: String, value: String
    ) async throws {
        let request = HTTPRequest(
            method: "PUT", url: "http://127.0.0.1:1/", headers: [(name, value)],
            body: .bytes([1, 2]))
        try await refuse(request)
    }

    @Test(arguments: ["", "GET /x", "GET\r\n"])
    func `a method that is no token is refused`(method: String) async throws {
        try await refuse(HTTPRequest(method: method, url: "http://127.0.0.1:1/"))
    }

    @Test(arguments: [0, -1, .infinity, .nan])
    func `a time limit that is none is refused`(limit: Double) async throws {
        var request = HTTPRequest(method: "GET", url: "http://127.0.0.1:1/")
        request.idleTimeoutSeconds = limit
        try await refuse(request)
    }

    @Test func `a file that is missing, short or a folder is refused`() async throws {
        let file = try TemporaryFile([1, 2, 3])
        for body in [
            HTTPRequest.Body.file(path: file.path + "-not", offset: 0, sizeBytes: 1),
            .file(path: file.path, offset: 2, sizeBytes: 2),
            .file(path: file.path, offset: .max, sizeBytes: 2),
            .file(path: "/", offset: 0, sizeBytes: 0),
        ] {
            try await refuse(HTTPRequest(method: "PUT", url: "http://127.0.0.1:1/", body: body))
        }
    }

    @Test func `a closed transport sends nothing`() async throws {
        let server = try LoopbackServer.answering { _ in answer() }
        _ = try await transport.get(server.url)
        await transport.close()
        try await refuse(HTTPRequest(method: "GET", url: server.url))
        await transport.close()
        #expect(server.requests.count == 1)
    }

    @Test func `a transport that was never used closes at once`() async throws {
        await CurlTransport.forTests().close()
    }
}
