package import AWS
package import Diagnostics

/// The machine that this program runs on, as `doctor` looks at it.
package protocol Workstation: Sendable {
    /// Starts programs.
    var processes: any ProcessRunner { get }
    /// The variables that count: the process's own, with the local cloud's in place of AWS's.
    func environment() async throws -> [String: String]
    /// Credentials that are good now.
    ///
    /// - Throws: `aws.no-credentials`, `aws.credentials`.
    func credentials() async throws -> AWSCredentials
    /// Whether there is an executable file at a path.
    func isExecutable(_ path: String) -> Bool
    /// What is free where a folder lies, for this user.
    ///
    /// - Throws: `file.no-space-known`.
    func freeBytes(in folder: String) throws -> Int64
}
