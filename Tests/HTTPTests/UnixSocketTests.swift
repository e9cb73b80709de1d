import HTTP
import TestSupport
import Testing

/// Requests over a unix socket, and client certificates.
@Suite(.timeLimit(.minutes(30)))
struct UnixSocketTests {
    private func request(_ path: String, method: String = "GET") -> HTTPRequest {
        var request = HTTPRequest(method: method, url: "http://engine/a?b=c")
        request.unixSocketPath = path
        return request
    }

    private func echo(_ path: String) throws -> LoopbackServer {
        try LoopbackServer(socketPath: path) { connection in
            while let request = try connection.receiveRequest() {
                try connection.send(answer(request.requestLine))
            }
        }
    }

    @Test func `a request goes to the socket and names the URL's host`() async throws {
        let server = try echo(LoopbackServer.freshSocketPath())
        let path = try #require(server.socketPath)
        var posted = request(path, method: "POST")
        posted.body = .bytes(Array("body".utf8))
        let transport = CurlTransport.forTests()
        let response = try await transport.send(posted, limitBytes: 100)
        #expect(response.body == Array("POST /a?b=c HTTP/1.1".utf8))
        #expect(server.requests.first?.body == Array("body".utf8))
        #expect(server.requests.first?.headerLines.contains("Host: engine") == true)
        await transport.close()
    }

    @Test func `a kept connection serves the next request`() async throws {
        let server = try echo(LoopbackServer.freshSocketPath())
        let path = try #require(server.socketPath)
        let transport = CurlTransport.forTests()
        for _ in 0..<3 { _ = try await transport.send(request(path), limitBytes: 100) }
        #expect(server.connectionCount == 1)
        await transport.close()
    }

    @Test func `two sockets are two servers though the URLs are one`() async throws {
        let transport = CurlTransport.forTests()
        let servers = try (0..<2).map { _ in try echo(LoopbackServer.freshSocketPath()) }
        for server in servers {
            _ = try await transport.send(
                request(try #require(server.socketPath)), limitBytes: 100)
        }
        #expect(servers.map(\.requests.count) == [1, 1])
        await transport.close()
    }

    @Test func `a socket is never reached through a proxy`() async throws {
        let server = try echo(LoopbackServer.freshSocketPath())
        let transport = CurlTransport.forTests(environment: [
            "http_proxy": "http://127.0.0.1:1", "ALL_PROXY": "http://127.0.0.1:1",
        ])
        let response = try await transport.send(
            request(try #require(server.socketPath)), limitBytes: 100)
        #expect(response.status == 200)
        await transport.close()
    }

    @Test func `a socket that is not there is a refused connection with its path`() async throws {
        let path = LoopbackServer.freshSocketPath()
        let failure = try await failure {
            try await CurlTransport.forTests().send(request(path), limitBytes: 1)
        }
        #expect(failure.kind == .connectionRefused)
        #expect(failure.host == path)
        #expect(!failure.requestMayHaveReachedServer)
    }

    @Test(arguments: [
        "", "relative.sock", "/a\0b", "/" + String(repeating: "x", count: 107),
    ])
    func `a path that is no socket's is refused before anything is sent`(
        path: String
    ) async throws {
        let failure = try await failure {
            try await CurlTransport.forTests().send(request(path), limitBytes: 1)
        }
        #expect(failure.kind == .badRequest)
    }

    @Test func `the longest path that the system allows is taken`() async throws {
        let path = "/tmp/" + String(repeating: "x", count: 102)
        let failure = try await failure {
            try await CurlTransport.forTests().send(request(path), limitBytes: 1)
        }
        #expect(failure.kind == .connectionRefused)
    }
}
