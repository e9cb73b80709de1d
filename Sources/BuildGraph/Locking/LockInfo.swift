import Diagnostics
package import FoundationEssentials
import Glibc

/// Who holds the lock of an asset's results.
package struct LockInfo: Sendable, Equatable, Codable {
    /// The run that holds it.
    package let runId: String
    /// The user's name.
    package let owner: String
    /// The machine's name.
    package let host: String
    /// The process's id on that machine.
    package let pid: Int
    /// RFC 3339, UTC.
    package let startedAt: String
    /// The command line, without secrets (none are ever on one).
    package let command: String
    /// Where `pid` means something; nil where that is unknown.
    package var processSpace: String?

    /// Makes one; see the properties.
    package init(
        runId: String, owner: String, host: String, pid: Int, startedAt: String, command: String,
        processSpace: String? = nil
    ) {
        self.runId = runId
        self.owner = owner
        self.host = host
        self.pid = pid
        self.startedAt = startedAt
        self.command = command
        self.processSpace = processSpace
    }

    /// The same for another run of this process.
    func of(runId: String) -> LockInfo {
        LockInfo(
            runId: runId, owner: owner, host: host, pid: pid, startedAt: startedAt,
            command: command, processSpace: processSpace)
    }

    /// This process and its user.
    ///
    /// - Parameters:
    ///   - runId: the run's id.
    ///   - command: the command line, as it is shown to others.
    ///   - now: when the run began.
    package static func ofThisProcess(runId: String, command: String, now: Date) -> LockInfo {
        // Not Foundation's `hostName`, which asks the network.
        var name = [CChar](repeating: 0, count: 256)
        let isNamed = gethostname(&name, name.count - 1) == 0
        return LockInfo(
            runId: runId, owner: ProcessInfo.processInfo.userName,
            host: isNamed
                ? String(
                    decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
                : "?",
            pid: Int(ProcessInfo.processInfo.processIdentifier), startedAt: Timestamp.text(now),
            command: command, processSpace: ProcessIdentity.space)
    }
}
