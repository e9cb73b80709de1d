import FoundationEssentials
import Glibc

/// A process that started others, named so that it can be told from every other one of this boot.
///
/// Its text stands at the head of the marks of all that it started.
struct ProcessOwner: Sendable, Equatable {
    /// The namespace in which the id means something, as `/proc/self/ns/pid` has it.
    let space: String
    let pid: pid_t
    /// In clock ticks since the machine started; a later process of the same id has another.
    let startTicks: UInt64

    /// This very process; nil where there is no `/proc`.
    static let current: ProcessOwner? = {
        guard
            let link = try? FileManager.default.destinationOfSymbolicLink(
                atPath: "/proc/self/ns/pid"),
            let ticks = startTicks(of: getpid())
        else { return nil }
        return ProcessOwner(space: link.filter(\.isNumber), pid: getpid(), startTicks: ticks)
    }()

    /// Such as `4026531836-1234-567890`.
    var text: String { "\(space)-\(pid)-\(startTicks)" }

    init(space: String, pid: pid_t, startTicks: UInt64) {
        self.space = space
        self.pid = pid
        self.startTicks = startTicks
    }

    /// Reads the owner out of a mark, which goes on after a dot; nil where it names none.
    init?(ofMark mark: some StringProtocol) {
        let parts = mark.prefix { $0 != "." }.split(
            separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 3, !parts[0].isEmpty, parts[0].allSatisfy(\.isNumber),
            let pid = pid_t(parts[1]), pid > 0, let ticks = UInt64(parts[2])
        else { return nil }
        self.init(space: String(parts[0]), pid: pid, startTicks: ticks)
    }

    /// Whether this owner is of our own namespace and has ended.
    var hasEnded: Bool {
        guard let current = Self.current, space == current.space else { return false }
        guard ProcessIdentity.isRunning(Int(pid)) else { return true }
        // Where nothing can be read, it counts as alive.
        return Self.startTicks(of: pid).map { $0 != startTicks } ?? false
    }

    /// When a process started; nil where there is none.
    ///
    /// Source: <https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html>
    private static func startTicks(of pid: pid_t) -> UInt64? {
        guard let bytes = try? FileContents.read("/proc/\(pid)/stat") else { return nil }
        // The name in brackets may hold anything; the state after it is the third field.
        let fields = String(decoding: bytes, as: UTF8.self).split(separator: ")").last?
            .split(separator: " ")
        guard let fields, fields.count > 19 else { return nil }
        return UInt64(fields[19])
    }
}
