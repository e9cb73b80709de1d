import AWS
import Diagnostics
import FoundationEssentials
import Glibc
import Releasing

/// The machine that this process runs on.
struct ThisWorkstation: Workstation {
    let processes: any ProcessRunner
    let connection: CloudConnection

    func environment() async throws -> [String: String] { try await connection.environment() }

    func credentials() async throws -> AWSCredentials {
        try await connection.client().currentCredentials()
    }

    func isExecutable(_ path: String) -> Bool { FileManager.default.isExecutableFile(atPath: path) }

    func freeBytes(in folder: String) throws -> Int64 {
        var status = statvfs()
        guard statvfs(folder, &status) == 0 else {
            throw Diagnostic(
                code: "file.no-space-known", summary: "cannot tell how much is free in `\(folder)`",
                causes: [SystemErrorText.text(errno)], hint: "check that the folder exists")
        }
        return Int64(clamping: UInt64(status.f_bavail) * UInt64(status.f_frsize))
    }
}
