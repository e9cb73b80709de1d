import Dispatch
import Glibc
import JSON

/// Asks a running `qemu` through its monitor; each question is a connection of its own.
///
/// What happened between two questions is not lost: a machine that stopped stays stopped.
///
/// Source: <https://www.qemu.org/docs/master/interop/qmp-spec.html>
struct MachineMonitor: Sendable {
    /// Where the socket `MachineFiles.monitorName` lies.
    let folder: String

    private static let answerSeconds = 10
    private static let answerLimitBytes = 1024 * 1024

    /// The machine's state; nil where nobody answers, as before `qemu` listens.
    func state() async -> MachineState? {
        // On a thread that may block.
        await withCheckedContinuation { continuation in
            DispatchQueue.global().async { continuation.resume(returning: ask()) }
        }
    }

    private func ask() -> MachineState? {
        guard let descriptor = connected() else { return nil }
        defer { close(descriptor) }
        var lines = Lines(descriptor: descriptor)
        func answer(to command: String) -> JSONValue? {
            let text = Array("{\"execute\":\"\(command)\"}\n".utf8)
            let sent = text.withUnsafeBytes {
                send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard sent == text.count else { return nil }
            // Events may come between.
            while let line = lines.next() {
                if let result = line["return"] { return result }
                if line["error"] != nil { return nil }
            }
            return nil
        }
        guard lines.next()?["QMP"] != nil, answer(to: "qmp_capabilities") != nil,
            let status = answer(to: "query-status")
        else { return nil }
        return MachineState(
            status: status, blocks: answer(to: "query-blockstats") ?? .array([]))
    }

    private func connected() -> Int32? {
        let directory = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard directory >= 0 else { return nil }
        defer { close(directory) }
        let path = "/proc/self/fd/\(directory)/\(MachineFiles.monitorName)"
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return nil }
        var limit = timeval(tv_sec: Self.answerSeconds, tv_usec: 0)
        let limitSize = socklen_t(MemoryLayout<timeval>.size)
        for option in [SO_RCVTIMEO, SO_SNDTIMEO] {
            setsockopt(descriptor, SOL_SOCKET, option, &limit, limitSize)
        }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { place in
            place.copyBytes(from: path.utf8.prefix(place.count - 1))
        }
        let size = socklen_t(MemoryLayout<sockaddr_un>.size)
        let status = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { general in
                connect(descriptor, general, size)
            }
        }
        guard status == 0 else {
            close(descriptor)
            return nil
        }
        return descriptor
    }

    /// JSON values that arrive one a line.
    private struct Lines {
        let descriptor: Int32
        var bytes: [UInt8] = []

        /// The next one; nil where the connection ends, is silent too long, or is no JSON.
        mutating func next() -> JSONValue? {
            while true {
                if let end = bytes.firstIndex(of: UInt8(ascii: "\n")) {
                    let line = Array(bytes[..<end])
                    bytes.removeFirst(end + 1)
                    return try? JSONValue.parse(line, source: "the monitor's answer")
                }
                guard bytes.count < MachineMonitor.answerLimitBytes else { return nil }
                let part = [UInt8](unsafeUninitializedCapacity: 16 * 1024) { buffer, count in
                    count = max(0, read(descriptor, buffer.baseAddress, buffer.count))
                }
                if part.isEmpty { return nil }
                bytes += part
            }
        }
    }
}
