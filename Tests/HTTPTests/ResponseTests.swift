import HTTP
import TestSupport
import Testing

/// What comes back.
@Suite(.timeLimit(.minutes(30)))
struct ResponseTests {
    let transport = CurlTransport.forTests()

    private func response(
        to method: String = "GET", _ bytes: String, limitBytes: Int = 1000
    ) async throws -> HTTPResponse {
        let server = try LoopbackServer { connection in
            guard try connection.receiveRequest() != nil else { return }
            try connection.send(bytes)
        }
        let request = HTTPRequest(method: method, url: server.url)
        return try await transport.send(request, limitBytes: limitBytes)
    }

    @Test(arguments: [200, 204, 301, 304, 400, 404, 418, 500, 503])
    func `a status is not an error`(status: Int) async throws {
        let response = try await response(
            "HTTP/1.1 \(status) Words of some kind\r\nLocation: /x\r\nContent-Length: 0\r\n\r\n")
        #expect(response.status == status)
        #expect(response.header("LOCATION") == "/x")
        #expect(response.body.isEmpty)
    }

    @Test func `headers keep order, case, repetition, blanks and folds`() async throws {
        let response = try await response(
            "HTTP/1.1 200\r\nX-B: 1\r\nx-a:\r\nX-B:  two words \t\r\nX-Fold: a\r\n  b\r\n"
                + "Content-Length: 2\r\n\r\nok")
        #expect(response.headers.map(\.name) == ["X-B", "x-a", "X-B", "X-Fold", "Content-Length"])
        #expect(response.headers.map(\.value) == ["1", "", "two words", "a b", "2"])
        #expect(response.body == Array("ok".utf8))
    }

    @Test func `answers on the way are skipped with their headers`() async throws {
        let response = try await response(
            "HTTP/1.1 100 Continue\r\nX-Early: 1\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n"
                + "HTTP/1.1 201 Created\r\nX-Late: 1\r\nContent-Length: 1\r\n\r\nb")
        #expect(response.status == 201)
        #expect(response.headers.map(\.name) == ["X-Late", "Content-Length"])
    }

    @Test func `chunks are joined and trailers left out`() async throws {
        let response = try await response(
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-Sum\r\n\r\n"
                + "3;x=y\r\nabc\r\nA\r\n0123456789\r\n0\r\nX-Sum: 1\r\n\r\n")
        #expect(response.body == Array("abc0123456789".utf8))
        #expect(response.header("X-Sum") == nil)
    }

    @Test func `a body without a length ends with the connection`() async throws {
        let response = try await response("HTTP/1.0 200 OK\r\n\r\nall of it")
        #expect(response.body == Array("all of it".utf8))
    }

    @Test func `a compressed body stays as it is`() async throws {
        let response = try await response(
            "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\nnot!")
        #expect(response.body == Array("not!".utf8))
    }

    @Test func `a head has no body whatever its length says`() async throws {
        let response = try await response(
            to: "HEAD", "HTTP/1.1 200 OK\r\nContent-Length: 5000000\r\nETag: x\r\n\r\n")
        #expect(response.header("etag") == "x")
        #expect(response.header("Content-Length") == "5000000")
        #expect(response.body.isEmpty)
    }

    @Test(arguments: [
        "HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\n01234567890",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nB\r\n01234567890\r\n0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n",
    ])
    func `a body beyond the limit is an error`(bytes: String) async throws {
        let failure = try await failure { try await response(bytes, limitBytes: 10) }
        #expect(failure.kind == .bodyTooLong)
        #expect(failure.requestMayHaveReachedServer)
    }

    @Test func `a body of just the limit is none`() async throws {
        let response = try await response(
            "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n0123456789", limitBytes: 10)
        #expect(response.body.count == 10)
    }

    @Test func `many headers pass, and headers without end do not`() async throws {
        let line = "X-Long: " + String(repeating: "x", count: 8000) + "\r\n"
        let many = String(repeating: line, count: 20)
        let response = try await response("HTTP/1.1 200\r\n\(many)Content-Length: 0\r\n\r\n")
        #expect(response.headers.count == 21)
        let endless = String(repeating: line, count: 60)
        let failure = try await failure {
            try await self.response("HTTP/1.1 200\r\n\(endless)Content-Length: 0\r\n\r\n")
        }
        #expect(failure.kind == .other)
        #expect(failure.requestMayHaveReachedServer)
    }

    @Test(arguments: ["SSH-2.0-x\r\n", "\0\0\0\0\0\0\0\0", "HTTP/9.9 what\r\n\r\n", "<html>"])
    func `what is no HTTP is an error`(bytes: String) async throws {
        let failure = try await failure { try await response(bytes) }
        #expect([.other, .connectionLost].contains(failure.kind))
        #expect(failure.requestMayHaveReachedServer)
    }

    @Test func `an early answer to an upload is taken`() async throws {
        let server = try LoopbackServer { connection in
            guard try connection.receiveHead() != nil else { return }
            try connection.send(
                answer("no", status: "403 Forbidden", headers: ["Connection: close"]))
            // The client stops sending; reading on until then lets the answer through.
            _ = connection.clientCloses()
        }
        let request = HTTPRequest(
            method: "PUT", url: server.url, body: .bytes([UInt8](repeating: 1, count: 20_000_000)))
        let response = try await transport.send(request, limitBytes: 100)
        #expect(response.status == 403)
        #expect(response.body == Array("no".utf8))
    }
}
