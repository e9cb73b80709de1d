import Foundation
import HTTP
import Synchronization
import TestSupport
import Testing

/// A cancelled task waits for nothing, and its connection goes.
@Suite(.timeLimit(.minutes(30)))
struct CancellationTests {
    let transport = CurlTransport.forTests()

    private func expectEnd(of task: Task<HTTPResponse, any Error>) async {
        task.cancel()
        // The server would never end it.
        await #expect(throws: CancellationError.self) { try await task.value }
    }

    @Test func `a task that is cancelled already sends nothing`() async throws {
        let server = try LoopbackServer.answering { _ in answer() }
        let task = Task {
            while !Task.isCancelled { await Task.yield() }
            return try await transport.get(server.url)
        }
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        #expect(server.connectionCount == 0)
    }

    @Test func `a transfer ends while it connects`() async throws {
        let server = try LoopbackServer(backlog: 0, accepts: false) { _ in }
        let fillers = try (0..<4).map { _ in try ClientSocket(port: server.port) }
        let task = Task { try await transport.get(server.url) }
        try await Task.sleep(for: .milliseconds(100))
        await expectEnd(of: task)
        _ = fillers
    }

    @Test func `a transfer ends while it waits for an answer`() async throws {
        let hasEnded = Mutex(false)
        let server = try LoopbackServer { connection in
            _ = try connection.receiveRequest()
            let isClosed = connection.clientCloses()
            hasEnded.withLock { $0 = isClosed }
        }
        let task = Task { try await transport.get(server.url) }
        #expect(try await eventually { server.requests.count == 1 })
        await expectEnd(of: task)
        #expect(try await eventually { hasEnded.withLock { $0 } })
    }

    @Test func `a transfer ends in the middle of a body`() async throws {
        let hasEnded = Mutex(false)
        let server = try LoopbackServer { connection in
            _ = try connection.receiveRequest()
            try connection.send("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nsome")
            let isClosed = connection.clientCloses()
            hasEnded.withLock { $0 = isClosed }
        }
        let hasBegun = Mutex(false)
        let task = Task {
            try await transport.stream(
                HTTPRequest(method: "GET", url: server.url), onHead: { _ in },
                onBody: { _ in hasBegun.withLock { $0 = true } })
        }
        #expect(try await eventually { hasBegun.withLock { $0 } })
        await expectEnd(of: task)
        #expect(try await eventually { hasEnded.withLock { $0 } })
    }

    @Test func `a transfer ends while it is paused`() async throws {
        let isStuck = Mutex(false)
        let hasEnded = Mutex(false)
        let server = try LoopbackServer { connection in
            _ = try connection.receiveRequest()
            try connection.send("HTTP/1.1 200 OK\r\nContent-Length: 900000000\r\n\r\n")
            let piece = [UInt8](repeating: 1, count: 1_000_000)
            defer { hasEnded.withLock { $0 = true } }
            for _ in 0..<900 { try connection.send(piece) }
        }
        let task = Task {
            try await transport.stream(
                HTTPRequest(method: "GET", url: server.url), onHead: { _ in },
                onBody: { _ in
                    isStuck.withLock { $0 = true }
                    try await Task.sleep(for: .seconds(3600))
                })
        }
        #expect(try await eventually { isStuck.withLock { $0 } })
        try await Task.sleep(for: .milliseconds(200))
        #expect(!hasEnded.withLock { $0 })
        await expectEnd(of: task)
        #expect(try await eventually { hasEnded.withLock { $0 } })
    }

    @Test func `a transfer ends in the middle of an upload`() async throws {
        let hasBegun = Mutex(false)
        let hasEnded = Mutex(false)
        let server = try LoopbackServer { connection in
            _ = try connection.receiveHead()
            hasBegun.withLock { $0 = true }
            Thread.sleep(forTimeInterval: 0.3)
            let isClosed = connection.clientCloses()
            hasEnded.withLock { $0 = isClosed }
        }
        let body = HTTPRequest.Body.bytes([UInt8](repeating: 1, count: 50_000_000))
        let task = Task {
            let request = HTTPRequest(method: "PUT", url: server.url, body: body)
            return try await transport.send(request, limitBytes: 1)
        }
        #expect(try await eventually { hasBegun.withLock { $0 } })
        await expectEnd(of: task)
        #expect(try await eventually { hasEnded.withLock { $0 } })
    }

    @Test func `cancelling at any moment neither hangs nor harms the others`() async throws {
        let server = try LoopbackServer.answering { request in
            answer(String(repeating: "x", count: 100_000))
        }
        for round in 0..<150 {
            let task = Task { try await transport.get(server.url) }
            if round % 3 > 0 { try await Task.sleep(for: .microseconds(round * 10)) }
            task.cancel()
            switch await task.result {
            case .success(let response): #expect(response.body.count == 100_000)
            case .failure(let error): #expect(error is CancellationError)
            }
        }
        #expect(try await transport.get(server.url).body.count == 100_000)
    }

    @Test func `closing ends what still runs`() async throws {
        let server = try LoopbackServer { connection in
            _ = try connection.receiveRequest()
            _ = connection.clientCloses()
        }
        let task = Task { try await transport.get(server.url) }
        #expect(try await eventually { server.requests.count == 1 })
        await transport.close()
        let failure = try await failure { try await task.value }
        #expect(failure.kind == .other)
        #expect(failure.requestMayHaveReachedServer)
    }
}
