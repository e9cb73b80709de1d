import Diagnostics
import FoundationEssentials
import Glibc

/// What a process got of the processors, and whether it would have liked more.
struct ProcessorUse: Sendable, Equatable {
    /// Processor time of all its threads since it started.
    var seconds: Double
    /// Whether some thread is ready to run, waits for a disk, or was stopped by a signal: what it
    /// does not get now is not its own fault.
    var isWaiting: Bool

    /// Running or runnable, waiting for a disk, stopped, stopped by a tracer.
    private static let waiting: Set<Character> = ["R", "D", "T", "t"]
    private static let limitBytes = 4096

    /// Describes a use.
    init(seconds: Double, isWaiting: Bool) {
        self.seconds = seconds
        self.isWaiting = isWaiting
    }

    /// Reads the `stat` of a process and of its threads; nil where it is not in that form.
    ///
    /// Source: <https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html>
    ///
    /// - Parameter ticksPerSecond: `sysconf(_SC_CLK_TCK)`.
    init?(process: String, threads: [String], ticksPerSecond: Double) {
        guard let fields = Self.fields(process), fields.count > 12,
            let user = Double(fields[11]), let system = Double(fields[12]), ticksPerSecond > 0
        else { return nil }
        seconds = (user + system) / ticksPerSecond
        isWaiting = threads.contains { thread in
            Self.fields(thread)?.first?.first.map(Self.waiting.contains) ?? false
        }
    }

    /// The use of a running process; nil where it is not there.
    static func of(process: pid_t) -> ProcessorUse? {
        func stat(_ folder: String) -> String? {
            (try? FileContents.read("\(folder)/stat", limitBytes: limitBytes))
                .map { String(decoding: $0, as: UTF8.self) }
        }
        let folder = "/proc/\(process)"
        guard let own = stat(folder) else { return nil }
        let threads = (try? FileManager.default.contentsOfDirectory(atPath: "\(folder)/task")) ?? []
        return ProcessorUse(
            process: own, threads: threads.compactMap { stat("\(folder)/task/\($0)") },
            ticksPerSecond: Double(sysconf(Int32(_SC_CLK_TCK))))
    }

    /// The use of the process whose number a file holds.
    static func ofProcess(in file: String) -> ProcessorUse? {
        guard let bytes = try? FileContents.read(file, limitBytes: 64) else { return nil }
        return pid_t(String(decoding: bytes, as: UTF8.self).filter(\.isNumber))
            .flatMap(of(process:))
    }

    /// What follows the name, which may hold anything; the state comes first.
    private static func fields(_ stat: String) -> [Substring]? {
        guard let end = stat.lastIndex(of: ")") else { return nil }
        return stat[stat.index(after: end)...].split(whereSeparator: \.isWhitespace)
    }
}
