import Foundation
import Synchronization

/// A bare connection to loopback, closed with the value.
final class ClientSocket: Sendable {
    struct Refused: Error {}

    private let descriptor: Int32

    /// Begins to connect without waiting where the listener's queue is full.
    init(port: UInt16) throws {
        let type = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue)
        descriptor = socket(AF_INET, type, 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        address.sin_port = port.bigEndian
        let size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let socket = descriptor
        let status = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(socket, $0, size) }
        }
        if status != 0, errno != EINPROGRESS { throw Refused() }
    }

    deinit { close(descriptor) }
}

/// True the first time it is asked.
final class FirstOnly: Sendable {
    private let wasAsked = Mutex(false)

    func isFirst() -> Bool {
        wasAsked.withLock { wasAsked in
            defer { wasAsked = true }
            return !wasAsked
        }
    }
}
