import Foundation
import Synchronization
import TestSupport
import Testing

@testable import HTTP

/// A creating call is never doubled; a harmless one survives a connection that died in the pool.
@Suite(.timeLimit(.minutes(30)))
struct RepetitionTests {
    let transport = CurlTransport.forTests()

    /// A server that answers the first request of a connection and, at the second, reads it and
    /// closes without a word: what a client sees of a server that gave up a kept connection.
    private func closingServer() throws -> LoopbackServer {
        try LoopbackServer { connection in
            guard try connection.receiveRequest() != nil else { return }
            try connection.send(answer("first"))
            _ = try connection.receiveRequest()
            connection.reset()
        }
    }

    @Test func `idempotent methods may be repeated and others not`() {
        for method in ["GET", "HEAD", "OPTIONS", "PUT", "DELETE"] {
            #expect(!HTTPRequest(method: method, url: "").mustNotRepeat)
        }
        for method in ["POST", "PATCH", "CONNECT", "get"] {
            #expect(HTTPRequest(method: method, url: "").mustNotRepeat)
        }
    }

    @Test func `a read is sent again when a kept connection dies`() async throws {
        let server = try closingServer()
        _ = try await transport.get(server.url + "/1")
        let response = try await transport.get(server.url + "/2")
        #expect(response.body == Array("first".utf8))
        #expect(server.requests.map(\.target) == ["/1", "/2", "/2"])
        #expect(server.connectionCount == 2)
    }

    @Test func `an upload is sent again from its first byte`() async throws {
        let server = try closingServer()
        _ = try await transport.get(server.url)
        let bytes = (0..<300_000).map { UInt8(truncatingIfNeeded: $0 / 5) }
        let file = try TemporaryFile(bytes)
        let request = HTTPRequest(
            method: "PUT", url: server.url,
            body: .file(path: file.path, offset: 0, sizeBytes: 300_000))
        _ = try await transport.send(request, limitBytes: 100)
        #expect(server.requests.count == 3)
        #expect(server.requests.allSatisfy { $0.body.isEmpty || $0.body == bytes })
    }

    @Test func `a creating call avoids kept connections`() async throws {
        let server = try closingServer()
        _ = try await transport.get(server.url)
        let request = HTTPRequest(method: "POST", url: server.url, body: .bytes([1]))
        let response = try await transport.send(request, limitBytes: 100)
        #expect(response.body == Array("first".utf8))
        #expect(server.requests.count == 2)
        #expect(server.connectionCount == 2)
    }

    @Test(arguments: ["POST", "GET", "DELETE"], [true, false])
    func `a creating call whose connection dies is a failure that says so`(
        method: String, isReset: Bool
    ) async throws {
        let server = try LoopbackServer { connection in
            guard let request = try connection.receiveRequest() else { return }
            if request.target == "/warm" { return try connection.send(answer()) }
            if isReset { connection.reset() }
        }
        _ = try await transport.get(server.url + "/warm")
        var request = HTTPRequest(method: method, url: server.url + "/create")
        request.mustNotRepeat = true
        let failure = try await failure { try await transport.send(request, limitBytes: 100) }
        #expect(failure.kind == .connectionLost)
        #expect(failure.requestMayHaveReachedServer)
        #expect(server.requests.filter { $0.target == "/create" }.count == 1)
    }

    @Test(arguments: [true, false])
    func `libcurl is told not to send a creating call again`(mustNotRepeat: Bool) throws {
        var request = HTTPRequest(method: "GET", url: "http://127.0.0.1:1/")
        request.mustNotRepeat = mustNotRepeat
        let library = try CurlLibrary.shared.get()
        let exchange = try CurlExchange(request)
        let transfer = try #require(CurlTransfer(exchange, library: library))
        #expect(transfer.mayBeSent())
        #expect(transfer.mayBeSent() == !mustNotRepeat)
        #expect((transfer.ownFailure?.kind == .connectionLost) == mustNotRepeat)
    }

    @Test func `a post marked as harmless uses a kept connection`() async throws {
        let server = try LoopbackServer.answering { _ in answer() }
        for _ in 0..<3 {
            var request = HTTPRequest(method: "POST", url: server.url, body: .bytes([1]))
            request.mustNotRepeat = false
            _ = try await transport.send(request, limitBytes: 100)
        }
        #expect(server.connectionCount == 1)
    }

    @Test func `a server that always closes is not asked for ever`() async throws {
        let server = try LoopbackServer { connection in _ = try connection.receiveRequest() }
        let failure = try await failure { try await transport.get(server.url) }
        #expect(failure.kind == .connectionLost)
        #expect(failure.requestMayHaveReachedServer)
        #expect(server.requests.count == 1)
    }
}
