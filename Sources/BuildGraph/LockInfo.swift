/// Who holds the lock of an asset's results.
package struct LockInfo: Sendable, Equatable, Codable {
    package let runId: String
    /// The user's name.
    package let owner: String
    package let host: String
    package let pid: Int
    /// RFC 3339, UTC.
    package let startedAt: String
    /// The command line, without secrets (none are ever on one).
    package let command: String

    /// Makes one; see the properties.
    package init(
        runId: String, owner: String, host: String, pid: Int, startedAt: String, command: String
    ) {
        self.runId = runId
        self.owner = owner
        self.host = host
        self.pid = pid
        self.startedAt = startedAt
        self.command = command
    }
}
