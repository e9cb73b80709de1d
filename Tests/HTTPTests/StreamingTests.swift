import HTTP
import Synchronization
import TestSupport
import Testing

/// Bodies that do not fit in memory, and many at once.
@Suite(.timeLimit(.minutes(30)))
struct StreamingTests {
    let transport = CurlTransport.forTests()

    @Test func `the head comes once and before the pieces, which come in order`() async throws {
        let body = (0..<2_000_000).map { UInt8(truncatingIfNeeded: $0 &* 7 / 3) }
        let server = try LoopbackServer { connection in
            guard try connection.receiveRequest() != nil else { return }
            try connection.send("HTTP/1.1 206 Part\r\nContent-Length: \(body.count)\r\n\r\n")
            try connection.send(body)
        }
        let seen = Mutex((statuses: [Int](), bytes: [UInt8]()))
        let response = try await transport.stream(
            HTTPRequest(method: "GET", url: server.url),
            onHead: { head in seen.withLock { $0.statuses.append(head.status) } },
            onBody: { piece in
                seen.withLock {
                    #expect($0.statuses == [206])
                    $0.bytes += piece
                }
            })
        #expect(response.status == 206)
        #expect(response.body.isEmpty)
        #expect(seen.withLock { $0.bytes } == body)
        #expect(seen.withLock { $0.statuses } == [206])
    }

    @Test func `a slow reader holds the server up and not memory`() async throws {
        let total = 60_000_000
        let sent = Mutex(0)
        let server = try LoopbackServer { connection in
            guard try connection.receiveRequest() != nil else { return }
            try connection.send("HTTP/1.1 200 OK\r\nContent-Length: \(total)\r\n\r\n")
            let piece = [UInt8](repeating: 7, count: 100_000)
            for _ in 0..<(total / piece.count) {
                try connection.send(piece)
                sent.withLock { $0 += piece.count }
            }
        }
        let read = Mutex(0)
        _ = try await transport.stream(
            HTTPRequest(method: "GET", url: server.url), onHead: { _ in },
            onBody: { piece in
                let isFirst = read.withLock { count in
                    defer { count += piece.count }
                    return count == 0
                }
                #expect(piece.count <= 256 * 1024)
                if isFirst {
                    // What the server gets rid of meanwhile fits in the system's socket buffers.
                    try await Task.sleep(for: .milliseconds(500))
                    #expect(sent.withLock { $0 } < 20_000_000)
                }
            })
        #expect(read.withLock { $0 } == total)
    }

    @Test func `a paused transfer leaves the others alone`() async throws {
        let server = try LoopbackServer { connection in
            while let request = try connection.receiveRequest() {
                let count = request.target == "/big" ? 20_000_000 : 10
                try connection.send("HTTP/1.1 200 OK\r\nContent-Length: \(count)\r\n\r\n")
                try connection.send([UInt8](repeating: 7, count: count))
            }
        }
        let others = Mutex(0)
        _ = try await transport.stream(
            HTTPRequest(method: "GET", url: server.url + "/big"), onHead: { _ in },
            onBody: { _ in
                if others.withLock({ $0 }) > 20 { return }
                _ = try await transport.get(server.url + "/small")
                others.withLock { $0 += 1 }
            })
        #expect(others.withLock { $0 } == 21)
    }

    @Test func `what a closure throws ends the transfer`() async throws {
        struct Enough: Error {}
        let hasEnded = Mutex(0)
        let server = try LoopbackServer { connection in
            guard try connection.receiveRequest() != nil else { return }
            try connection.send("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nsome")
            if connection.clientCloses() { hasEnded.withLock { $0 += 1 } }
        }
        let request = HTTPRequest(method: "GET", url: server.url)
        await #expect(throws: Enough.self) {
            _ = try await transport.stream(
                request, onHead: { _ in throw Enough() }, onBody: { _ in })
        }
        await #expect(throws: Enough.self) {
            _ = try await transport.stream(
                request, onHead: { _ in }, onBody: { _ in throw Enough() })
        }
        #expect(try await eventually { hasEnded.withLock { $0 } == 2 })
    }

    @Test func `a hundred requests at once share few connections`() async throws {
        let server = try LoopbackServer.answering { request in answer(request.target) }
        var configuration = CurlTransport.Configuration(version: "1", environment: [:])
        configuration.connectionsPerHost = 4
        let transport = CurlTransport(configuration)
        try await withThrowingTaskGroup(of: Bool.self) { group in
            for number in 0..<100 {
                group.addTask {
                    let response = try await transport.get(server.url + "/\(number)")
                    return response.body == Array("/\(number)".utf8)
                }
            }
            for try await isRight in group { #expect(isRight) }
        }
        #expect(server.requests.count == 100)
        #expect(server.connectionCount <= 4)
    }

    @Test func `a transport that nobody holds closes its connections`() async throws {
        let hasEnded = Mutex(false)
        let server = try LoopbackServer { connection in
            _ = try connection.receiveRequest()
            try connection.send(answer())
            let isClosed = connection.clientCloses()
            hasEnded.withLock { $0 = isClosed }
        }
        do {
            let brief = CurlTransport.forTests()
            _ = try await brief.get(server.url)
            #expect(!hasEnded.withLock { $0 })
        }
        #expect(try await eventually { hasEnded.withLock { $0 } })
    }

    @Test func `requests one after another keep one connection`() async throws {
        let server = try LoopbackServer.answering { _ in answer("x") }
        for _ in 0..<20 { _ = try await transport.get(server.url) }
        #expect(server.connectionCount == 1)
    }

    @Test func `files go up in parallel while they are read`() async throws {
        let server = try LoopbackServer.answering { request in answer("\(request.body.count)") }
        let bytes = (0..<4_000_000).map { UInt8(truncatingIfNeeded: $0 &* 13) }
        let file = try TemporaryFile(bytes)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for part in 0..<8 {
                group.addTask {
                    let body = HTTPRequest.Body.file(
                        path: file.path, offset: UInt64(part * 500_000), sizeBytes: 500_000)
                    let request = HTTPRequest(
                        method: "PUT", url: server.url + "/\(part)", body: body)
                    let response = try await transport.send(request, limitBytes: 100)
                    #expect(response.body == Array("500000".utf8))
                }
            }
            try await group.waitForAll()
        }
        for request in server.requests {
            let part = try #require(Int(request.target.dropFirst()))
            #expect(request.body == Array(bytes[part * 500_000..<(part + 1) * 500_000]))
        }
    }

    @Test func `a file that shrinks while it is sent is a failure`() async throws {
        let file = try TemporaryFile([UInt8](repeating: 1, count: 30_000_000))
        let server = try LoopbackServer { connection in
            guard try connection.receiveHead() != nil else { return }
            try file.truncate(to: 1_000)
            while try !connection.receive(limit: 65536).isEmpty {}
        }
        let request = HTTPRequest(
            method: "PUT", url: server.url,
            body: .file(path: file.path, offset: 0, sizeBytes: 30_000_000))
        let failure = try await failure { try await transport.send(request, limitBytes: 100) }
        #expect(failure.kind == .badRequest)
        #expect(failure.requestMayHaveReachedServer)
    }
}
