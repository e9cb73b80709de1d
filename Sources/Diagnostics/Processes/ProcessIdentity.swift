import FoundationEssentials
import Glibc

/// What can be known of another process by its id.
package enum ProcessIdentity {
    /// Where a process id means something: the machine since it started, and the container on it.
    ///
    /// Nil where the kernel does not say.
    ///
    /// Source: <https://man7.org/linux/man-pages/man7/pid_namespaces.7.html>
    package static var space: String? {
        let files = FileManager.default
        guard let boot = files.contents(atPath: "/proc/sys/kernel/random/boot_id"),
            let space = try? files.destinationOfSymbolicLink(atPath: "/proc/self/ns/pid")
        else { return nil }
        let id = String(decoding: boot, as: UTF8.self).trimmed
        return "\(id) \(space)"
    }

    /// Whether a process of this space is there and has not ended.
    ///
    /// One that ended and that nobody has waited for yet still has its id.
    package static func isRunning(_ pid: Int) -> Bool {
        // EPERM: it lives and belongs to somebody else.
        guard let pid = pid_t(exactly: pid), pid > 0, kill(pid, 0) == 0 || errno != ESRCH else {
            return false
        }
        guard let bytes = FileManager.default.contents(atPath: "/proc/\(pid)/stat") else {
            return true
        }
        // The name before the state may hold anything.
        let state = String(decoding: bytes, as: UTF8.self).split(separator: ")").last?
            .split(separator: " ").first
        return state != "Z" && state != "X"
    }
}
