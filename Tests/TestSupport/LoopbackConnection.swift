import Foundation
import Glibc
import Synchronization

/// What a loopback server read.
package struct LoopbackRequest: Sendable {
    /// Request line and header lines as they came, without the empty line.
    package let head: String
    /// As long as `Content-Length` said.
    package let body: [UInt8]

    /// Such as `GET /path HTTP/1.1`.
    package var requestLine: String { String(head.prefix { $0 != "\r\n" }) }

    /// The header lines.
    package var headerLines: [String] {
        head.split(separator: "\r\n").dropFirst().map { String($0) }
    }

    /// The path and query that were asked for.
    package var target: String {
        let words = requestLine.split(separator: " ")
        return words.count > 1 ? String(words[1]) : ""
    }
}

/// One connection of a loopback server; no call waits longer than five minutes.
package final class LoopbackConnection: Sendable {
    /// The other side is gone, or silent for too long.
    package struct Lost: Error {}

    private let descriptor: Mutex<Int32?>
    private let unread = Mutex<[UInt8]>([])
    private let record: @Sendable (LoopbackRequest) -> Void

    init(_ descriptor: Int32, record: @escaping @Sendable (LoopbackRequest) -> Void) {
        var limit = timeval(tv_sec: 300, tv_usec: 0)
        let size = socklen_t(MemoryLayout<timeval>.size)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, size)
        setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &limit, size)
        var yes: Int32 = 1
        setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &yes, 4)
        self.descriptor = Mutex(descriptor)
        self.record = record
    }

    /// Reads a request with its body; nil where the client is gone.
    package func receiveRequest() throws -> LoopbackRequest? {
        guard let head = try receiveHead() else { return nil }
        let length =
            head.split(separator: "\r\n").lazy
            .filter { $0.lowercased().hasPrefix("content-length:") }
            .compactMap { Int($0.dropFirst(15).trimmingCharacters(in: .whitespaces)) }.first ?? 0
        var body = takeUnread(limit: length)
        while body.count < length {
            let piece = try receive(limit: length - body.count)
            if piece.isEmpty { throw Lost() }
            body += piece
        }
        let request = LoopbackRequest(head: head, body: body)
        record(request)
        return request
    }

    /// Reads up to the empty line; nil where the client is gone.
    package func receiveHead() throws -> String? {
        var bytes = takeUnread(limit: .max)
        let end = Array("\r\n\r\n".utf8)
        while true {
            if let range = bytes.firstRange(of: end) {
                let rest = Array(bytes[range.upperBound...])
                unread.withLock { $0 = rest }
                return String(decoding: bytes[..<range.lowerBound], as: UTF8.self)
            }
            let piece = try receive(limit: 65536)
            if piece.isEmpty { return nil }
            bytes += piece
        }
    }

    /// Reads some bytes; none at the connection's end.
    package func receive(limit: Int) throws -> [UInt8] {
        guard let descriptor = descriptor.withLock({ $0 }) else { throw Lost() }
        var bytes = [UInt8](repeating: 0, count: min(limit, 65536))
        let count = recv(descriptor, &bytes, bytes.count, 0)
        if count < 0 { throw Lost() }
        return Array(bytes.prefix(count))
    }

    /// Sends a text.
    package func send(_ text: String) throws { try send(Array(text.utf8)) }

    /// Sends bytes.
    package func send(_ bytes: [UInt8]) throws {
        guard let descriptor = descriptor.withLock({ $0 }) else { throw Lost() }
        var sent = 0
        while sent < bytes.count {
            let count = bytes[sent...].withUnsafeBytes {
                Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            if count <= 0 { throw Lost() }
            sent += count
        }
    }

    /// Waits until the client closes; false where it does not within five minutes.
    package func clientCloses() -> Bool {
        while let piece = try? receive(limit: 65536) {
            if piece.isEmpty { return true }
        }
        return errno == ECONNRESET
    }

    /// Ends the connection with a reset instead of an orderly end.
    package func reset() {
        descriptor.withLock { descriptor in
            guard let open = descriptor else { return }
            var hard = linger(l_onoff: 1, l_linger: 0)
            setsockopt(
                open, SOL_SOCKET, SO_LINGER, &hard, socklen_t(MemoryLayout<linger>.size))
            close(open)
            descriptor = nil
        }
    }

    /// Wakes whoever reads or writes; the descriptor itself goes with the connection.
    func hangUp() {
        descriptor.withLock { if let open = $0 { shutdown(open, Int32(SHUT_RDWR)) } }
    }

    deinit { descriptor.withLock { if let open = $0 { close(open) } } }

    private func takeUnread(limit: Int) -> [UInt8] {
        unread.withLock { unread in
            let part = Array(unread.prefix(limit))
            unread.removeFirst(part.count)
            return part
        }
    }
}
