import Foundation
import Synchronization

/// A small server on loopback that answers with whatever bytes a test wants, however odd.
///
/// Every read and write of it is bounded, and a connection has a thread of its own.
package final class LoopbackServer: Sendable {
    /// What a socket call answered.
    package struct SocketError: Error {
        let call: String
        let number: Int32
    }

    private struct State {
        var connections: [LoopbackConnection] = []
        var requests: [LoopbackRequest] = []
        var isStopped = false
    }

    /// The port that the system chose; 0 on a unix socket.
    package let port: UInt16
    /// The unix socket's path where the server listens on one.
    package let socketPath: String?
    private let listener: Int32
    private let state = Mutex(State())

    /// Listens on 127.0.0.1 and runs `serve` for each connection, which is closed afterwards.
    ///
    /// - Parameters:
    ///   - backlog: how many connections may wait unaccepted.
    ///   - accepts: false leaves all of them waiting.
    package init(
        backlog: Int32 = 128, accepts: Bool = true,
        serve: @escaping @Sendable (LoopbackConnection) throws -> Void
    ) throws {
        listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let descriptor = listener
        let status = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { general in
                bind(descriptor, general, size) == 0 && listen(descriptor, backlog) == 0
                    && getsockname(descriptor, general, &size) == 0
            }
        }
        guard status else { throw SocketError(call: "bind", number: errno) }
        port = UInt16(bigEndian: address.sin_port)
        socketPath = nil
        guard accepts else { return }
        Thread.detachNewThread { [self] in acceptAll(serve) }
    }

    /// Listens on a unix socket, which is removed with the server.
    ///
    /// - Parameter socketPath: where; such as `freshSocketPath()`.
    package init(
        socketPath: String, serve: @escaping @Sendable (LoopbackConnection) throws -> Void
    ) throws {
        listener = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let fits = withUnsafeMutableBytes(of: &address.sun_path) { path in
            path.copyBytes(from: socketPath.utf8.prefix(path.count - 1))
            return socketPath.utf8.count < path.count
        }
        let size = socklen_t(MemoryLayout<sockaddr_un>.size)
        let descriptor = listener
        let status = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { general in
                fits && bind(descriptor, general, size) == 0 && listen(descriptor, 128) == 0
            }
        }
        guard status else { throw SocketError(call: "bind", number: errno) }
        port = 0
        self.socketPath = socketPath
        Thread.detachNewThread { [self] in acceptAll(serve) }
    }

    /// A path that no other test has; short, as a socket's path must be.
    package static func freshSocketPath() -> String {
        "/tmp/dss-\(UUID().uuidString.prefix(13)).sock"
    }

    /// A server that answers each request on a kept connection.
    package static func answering(
        _ answer: @escaping @Sendable (LoopbackRequest) -> String
    ) throws -> LoopbackServer {
        try LoopbackServer { connection in
            while let request = try connection.receiveRequest() {
                try connection.send(answer(request))
            }
        }
    }

    /// Such as `http://127.0.0.1:1234`.
    package var url: String { "http://127.0.0.1:\(port)" }

    /// How many connections were accepted.
    package var connectionCount: Int { state.withLock { $0.connections.count } }

    /// All requests that were read, in order.
    package var requests: [LoopbackRequest] { state.withLock { $0.requests } }

    /// Closes the listener and all connections.
    package func stop() {
        let open = state.withLock { state in
            if state.isStopped { return [LoopbackConnection]() }
            state.isStopped = true
            shutdown(listener, Int32(SHUT_RDWR))
            close(listener)
            return state.connections
        }
        for connection in open { connection.hangUp() }
    }

    deinit {
        stop()
        if let socketPath { unlink(socketPath) }
    }

    private func acceptAll(_ serve: @escaping @Sendable (LoopbackConnection) throws -> Void) {
        while true {
            let descriptor = accept(listener, nil, nil)
            guard descriptor >= 0 else { return }
            let connection = LoopbackConnection(descriptor) { [weak self] request in
                self?.state.withLock { $0.requests.append(request) }
            }
            let isStopped = state.withLock { state in
                state.connections.append(connection)
                return state.isStopped
            }
            if isStopped { return connection.hangUp() }
            Thread.detachNewThread {
                // The client may go at any moment, and many a test has it go.
                try? serve(connection)
                connection.hangUp()
            }
        }
    }
}
