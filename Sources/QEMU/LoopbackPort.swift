import Diagnostics
import Glibc

/// Ports of 127.0.0.1 that nobody listens on.
enum LoopbackPort {
    /// A port that was free a moment ago; whoever uses it must bear that it is taken by then.
    ///
    /// - Throws: `qemu.no-port`.
    static func free() throws -> Int {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw failure(errno) }
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let status = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                bind(descriptor, generic, length) == 0
                    ? getsockname(descriptor, generic, &length)
                    : -1
            }
        }
        guard status == 0 else { throw failure(errno) }
        return Int(UInt16(bigEndian: address.sin_port))
    }

    private static func failure(_ code: Int32) -> Diagnostic {
        Diagnostic(
            code: "qemu.no-port", summary: "no port of 127.0.0.1 is free",
            causes: [String(cString: strerror(code))],
            hint: "end programs that hold many connections, then run the same command again")
    }
}
