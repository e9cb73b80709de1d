import Diagnostics
import DockerEngine
import HTTP
import Synchronization
import TestSupport

/// An engine on a unix socket that knows what it will be asked, in order, and says nothing else.
final class ScriptedEngine: Sendable {
    /// One request that is expected, and what is answered.
    struct Step: Sendable {
        /// Such as `GET /v1.41/images/x/json`.
        let request: String
        let answer: Answer
    }

    /// What comes back.
    enum Answer: Sendable {
        case json(Int, String)
        case empty(Int)
        case bytes([UInt8])
        /// Pieces of a chunked body; where it is not complete, the connection breaks after them.
        case stream([String], isComplete: Bool)
        /// The connection ends without an answer.
        case hangUp
    }

    static let ping = Step(request: "GET /_ping", answer: .empty(200))

    private let server: LoopbackServer
    let client: DockerEngineClient

    /// Makes an engine that introduces itself first, as the real 20.10 does.
    init(_ steps: [Step], apiVersion: String = "1.41") throws {
        let left = Mutex([Self.ping] + steps)
        let path = LoopbackServer.freshSocketPath()
        server = try LoopbackServer(socketPath: path) { connection in
            while let request = try connection.receiveRequest() {
                let asked = request.requestLine.replacing(" HTTP/1.1", with: "")
                let step = left.withLock { left -> Step? in
                    guard let next = left.first, next.request == asked else { return nil }
                    return left.removeFirst()
                }
                guard let step else {
                    try connection.send(Self.text(418, "{\"message\":\"unexpected: \(asked)\"}"))
                    continue
                }
                guard try Self.send(step.answer, apiVersion, to: connection) else { return }
            }
        }
        let transport = CurlTransport(CurlTransport.Configuration(version: "1", environment: [:]))
        client = DockerEngineClient(transport: transport, time: TestClock()) {
            DockerHost(address: .unixSocket(path), origin: "the test")
        }
    }

    /// All requests so far, without the introduction.
    var requests: [LoopbackRequest] { Array(server.requests.dropFirst()) }

    /// Sends one answer; false where the connection is to end.
    private static func send(
        _ answer: Answer, _ apiVersion: String, to connection: LoopbackConnection
    ) throws -> Bool {
        switch answer {
        case .hangUp: return false
        case .json(let status, let body): try connection.send(text(status, body))
        case .bytes(let body):
            try connection.send("HTTP/1.1 200 OK\r\nContent-Length: \(body.count)\r\n\r\n")
            try connection.send(body)
        case .empty(let status):
            let length = status == 204 || status == 304 ? "" : "Content-Length: 0\r\n"
            try connection.send(
                "HTTP/1.1 \(status) Some\r\nApi-Version: \(apiVersion)\r\n"
                    + "Server: Docker/20.10.24+dfsg1 (linux)\r\n\(length)\r\n")
        case .stream(let pieces, let isComplete):
            try connection.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
            for piece in pieces {
                let size = String(piece.utf8.count, radix: 16)
                try connection.send("\(size)\r\n\(piece)\r\n")
            }
            if isComplete { try connection.send("0\r\n\r\n") }
            return isComplete
        }
        return true
    }

    private static func text(_ status: Int, _ body: String) -> String {
        "HTTP/1.1 \(status) Some\r\nContent-Type: application/json\r\n"
            + "Content-Length: \(body.utf8.count)\r\n\r\n\(body)"
    }
}

/// Collects what a transfer tells of its progress.
final class ProgressLog: Sendable {
    private let kept = Mutex<[TransferProgress]>([])
    var all: [TransferProgress] { kept.withLock { $0 } }
    var add: @Sendable (TransferProgress) async -> Void {
        { progress in self.kept.withLock { $0.append(progress) } }
    }
}

/// The diagnostic of work that must not succeed.
func diagnostic(_ work: () async throws -> some Sendable) async -> Diagnostic? {
    do {
        _ = try await work()
        return nil
    } catch {
        return Diagnostic.from(error)
    }
}
