import HTTP
import TestSupport
import Testing

/// What reaches the server.
@Suite(.timeLimit(.minutes(30)))
struct SentBytesTests {
    let transport = CurlTransport.forTests()

    private func sent(_ request: HTTPRequest, path: String = "/") async throws -> LoopbackRequest {
        let server = try LoopbackServer.answering { _ in answer() }
        var request = request
        request.url = server.url + path
        _ = try await transport.send(request, limitBytes: 100)
        return try #require(server.requests.first)
    }

    @Test(arguments: [
        "/", "/a/../b/./c", "//double//", "/%7e%2f%2F%41?x=%20+&y=a%2fb&z", "/?", "/a?b?c=/../d",
        "/a;b=c/@:!$&'()*+,=", "/a|b^c`d{e}\"<>\\",
    ])
    func `the path and query are sent byte for byte`(path: String) async throws {
        let request = try await sent(HTTPRequest(method: "GET", url: ""), path: path)
        #expect(request.requestLine == "GET \(path) HTTP/1.1")
    }

    @Test func `a request carries the given headers and little else`() async throws {
        let request = HTTPRequest(
            method: "GET", url: "",
            headers: [
                ("X-One", "1"), ("X-Empty", ""), ("X-One", "2"), ("X-Blank", "  "),
                ("x-Case", "a: b; c"),
            ])
        let lines = try await sent(request).headerLines
        #expect(lines.first?.hasPrefix("Host: 127.0.0.1:") == true)
        #expect(
            Array(lines.dropFirst()) == [
                "User-Agent: dssbatch/1.2.3", "X-One: 1", "X-Empty:", "X-One: 2", "X-Blank:",
                "x-Case: a: b; c",
            ])
    }

    @Test func `the caller's own host, agent and accept go first`() async throws {
        let request = HTTPRequest(
            method: "GET", url: "",
            headers: [("Host", "bucket.example"), ("User-Agent", "x"), ("accept", "text/plain")])
        let lines = try await sent(request).headerLines
        #expect(lines.sorted() == ["Host: bucket.example", "User-Agent: x", "accept: text/plain"])
    }

    @Test(arguments: ["PUT", "POST", "PATCH"])
    func `a request that could have a body says that it has none`(method: String) async throws {
        for body in [HTTPRequest.Body.none, .bytes([])] {
            let request = try await sent(HTTPRequest(method: method, url: "", body: body))
            #expect(request.requestLine == "\(method) / HTTP/1.1")
            #expect(request.headerLines.contains("Content-Length: 0"))
        }
    }

    @Test func `a delete without a body has no length`() async throws {
        let request = try await sent(HTTPRequest(method: "DELETE", url: ""))
        #expect(request.requestLine == "DELETE / HTTP/1.1")
        #expect(!request.head.lowercased().contains("content-"))
    }

    @Test(arguments: ["POST", "PUT", "DELETE", "GET", "REPORT"])
    func `bytes are sent with their length and no type`(method: String) async throws {
        let body = [UInt8]((0...255)) + [0, 13, 10]
        let request = try await sent(HTTPRequest(method: method, url: "", body: .bytes(body)))
        #expect(request.requestLine == "\(method) / HTTP/1.1")
        #expect(request.body == body)
        let own = request.headerLines.filter { $0.hasPrefix("Content") || $0.hasPrefix("Expect") }
        #expect(own == ["Content-Length: 259"])
    }

    @Test func `a large body is sent without asking first`() async throws {
        let body = (0..<3_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        let request = try await sent(HTTPRequest(method: "PUT", url: "", body: .bytes(body)))
        #expect(request.body == body)
        #expect(!request.head.contains("Expect"))
    }

    @Test func `a part of a file is sent as it stands`() async throws {
        let bytes = (0..<500_000).map { UInt8(truncatingIfNeeded: $0 / 7) }
        let file = try TemporaryFile(bytes)
        let request = try await sent(
            HTTPRequest(
                method: "PUT", url: "",
                body: .file(path: file.path, offset: 1_001, sizeBytes: 300_003)))
        #expect(request.body == Array(bytes[1_001..<301_004]))
        #expect(request.headerLines.contains("Content-Length: 300003"))
    }
}
