import Foundation
import HTTP
import TestSupport
import Testing

/// Every wait is bounded.
@Suite(.timeLimit(.minutes(30)))
struct TimeLimitTests {
    let transport = CurlTransport.forTests()

    private func request(_ server: LoopbackServer, idle: Double = 600, total: Double = 600)
        -> HTTPRequest
    {
        var request = HTTPRequest(method: "GET", url: server.url)
        request.idleTimeoutSeconds = idle
        request.totalTimeoutSeconds = total
        return request
    }

    @Test func `a server that never answers ends by the idle limit`() async throws {
        let server = try LoopbackServer { connection in
            _ = try connection.receiveRequest()
            _ = connection.clientCloses()
        }
        let request = request(server, idle: 0.3)
        let taken = try await seconds {
            let failure = try await failure { try await transport.send(request, limitBytes: 1) }
            #expect(failure.kind == .idleTimeout)
            #expect(failure.requestMayHaveReachedServer)
        }
        #expect(taken >= 0.29)
    }

    @Test func `a body that stalls ends by the idle limit`() async throws {
        let server = try LoopbackServer { connection in
            _ = try connection.receiveRequest()
            try connection.send("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nsome")
            _ = connection.clientCloses()
        }
        let request = request(server, idle: 0.3)
        let failure = try await failure { try await transport.send(request, limitBytes: 10_000) }
        #expect(failure.kind == .idleTimeout)
    }

    @Test func `a server that reads nothing ends by the idle limit`() async throws {
        let gate = Gate()
        defer { gate.open() }
        let server = try LoopbackServer { connection in
            _ = try connection.receiveHead()
            gate.wait()
        }
        var request = request(server, idle: 0.5)
        request.method = "PUT"
        request.body = .bytes([UInt8](repeating: 1, count: 50_000_000))
        let failure = try await failure { try await transport.send(request, limitBytes: 1) }
        #expect(failure.kind == .idleTimeout)
    }

    @Test func `a slow drip is not idle, and the total limit ends it`() async throws {
        let server = try LoopbackServer { connection in
            while let request = try connection.receiveRequest() {
                let count = request.target == "/short" ? 16 : 1000
                try connection.send("HTTP/1.1 200 OK\r\nContent-Length: \(count)\r\n\r\n")
                for _ in 0..<count {
                    try connection.send(".")
                    Thread.sleep(forTimeInterval: 0.4)
                }
            }
        }
        var short = request(server, idle: 4)
        short.url += "/short"
        let response = try await transport.send(short, limitBytes: 100)
        #expect(response.body.count == 16)
        let long = request(server, idle: 4, total: 1.5)
        let taken = try await seconds {
            let failure = try await failure { try await transport.send(long, limitBytes: 2000) }
            #expect(failure.kind == .totalTimeout)
        }
        #expect(taken >= 1.49)
    }

    @Test func `the time in which a reader holds a transfer up is not idle`() async throws {
        let server = try LoopbackServer { connection in
            _ = try connection.receiveRequest()
            try connection.send("HTTP/1.1 200 OK\r\nContent-Length: 20000000\r\n\r\n")
            try connection.send([UInt8](repeating: 1, count: 20_000_000))
        }
        let sleeper = FirstOnly()
        _ = try await transport.stream(
            request(server, idle: 5), onHead: { _ in },
            onBody: { _ in
                if sleeper.isFirst() { try await Task.sleep(for: .seconds(6)) }
            })
    }

    @Test func `a connection that never stands ends by its own limit`() async throws {
        // A listener whose queue is full drops further attempts.
        let server = try LoopbackServer(backlog: 0, accepts: false) { _ in }
        let fillers = try (0..<4).map { _ in try ClientSocket(port: server.port) }
        var request = request(server)
        request.connectTimeoutSeconds = 0.4
        let taken = try await seconds {
            let failure = try await failure { try await transport.send(request, limitBytes: 1) }
            #expect(failure.kind == .connectTimeout)
            #expect(!failure.requestMayHaveReachedServer)
        }
        #expect(taken >= 0.3)
        _ = fillers
    }

    @Test func `waiting for a free connection counts`() async throws {
        let server = try LoopbackServer { connection in
            _ = try connection.receiveRequest()
            _ = connection.clientCloses()
        }
        var configuration = CurlTransport.Configuration(version: "1", environment: [:])
        configuration.connectionsPerHost = 1
        let transport = CurlTransport(configuration)
        let first = Task { try await transport.send(request(server), limitBytes: 1) }
        #expect(try await eventually { server.requests.count == 1 })
        let second = request(server, total: 0.3)
        let failure = try await failure { try await transport.send(second, limitBytes: 1) }
        #expect(failure.kind == .totalTimeout)
        #expect(!failure.requestMayHaveReachedServer)
        #expect(server.requests.count == 1)
        first.cancel()
        await #expect(throws: CancellationError.self) { try await first.value }
    }
}
