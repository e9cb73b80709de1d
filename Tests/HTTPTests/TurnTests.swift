import Foundation
import HTTP
import TestSupport
import Testing

/// Requests that wait for others to the same host.
@Suite(.timeLimit(.minutes(30)))
struct TurnTests {
    private let transport: CurlTransport

    init() {
        var configuration = CurlTransport.Configuration(version: "1", environment: [:])
        configuration.connectionsPerHost = 1
        transport = CurlTransport(configuration)
    }

    /// A server that answers once it may.
    private func server(_ gate: Gate) throws -> LoopbackServer {
        try LoopbackServer.answering { request in
            gate.wait()
            return answer(request.target)
        }
    }

    private func request(
        _ server: LoopbackServer, _ path: String, connect: Double = 300, total: Double = 600
    ) -> HTTPRequest {
        var request = HTTPRequest(method: "GET", url: server.url + path)
        request.connectTimeoutSeconds = connect
        request.totalTimeoutSeconds = total
        return request
    }

    @Test func `waiting for its turn is not connecting`() async throws {
        let server = try LoopbackServer.answering { request in
            Thread.sleep(forTimeInterval: 0.8)
            return answer(request.target)
        }
        try await withThrowingTaskGroup(of: Int.self) { group in
            for number in 0..<5 {
                let request = request(server, "/\(number)", connect: 3)
                let transport = transport
                group.addTask { try await transport.send(request, limitBytes: 100).status }
            }
            for try await status in group { #expect(status == 200) }
        }
        #expect(server.connectionCount == 1)
    }

    @Test func `the whole time counts while it waits, and its turn goes to the next`()
        async throws
    {
        let gate = Gate()
        let server = try server(gate)
        let transport = transport
        async let first = transport.send(request(server, "/first"), limitBytes: 100)
        #expect(try await eventually { !server.requests.isEmpty })
        async let last = transport.send(request(server, "/last"), limitBytes: 100)
        let late = request(server, "/late", total: 0.2)
        let problem = try await failure(of: { try await transport.send(late, limitBytes: 100) })
        #expect(problem.kind == .totalTimeout)
        #expect(problem.requestMayHaveReachedServer == false)
        gate.open()
        #expect(try await first.status == 200)
        #expect(try await last.status == 200)
        #expect(server.requests.map(\.target) == ["/first", "/last"])
    }

    @Test func `one that is cancelled while it waits is never sent`() async throws {
        let gate = Gate()
        let server = try server(gate)
        let transport = transport
        async let first = transport.send(request(server, "/first"), limitBytes: 100)
        #expect(try await eventually { !server.requests.isEmpty })
        let waiting = request(server, "/waiting")
        let task = Task { try await transport.send(waiting, limitBytes: 100) }
        try await Task.sleep(for: .milliseconds(50))
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        gate.open()
        #expect(try await first.status == 200)
        #expect(try await transport.get(server.url + "/next").status == 200)
        #expect(server.requests.map(\.target) == ["/first", "/next"])
    }
}
