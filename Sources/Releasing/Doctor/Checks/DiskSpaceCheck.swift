import Diagnostics

/// Whether an exported disk fits on this machine, where one is to be booted.
struct DiskSpaceCheck: HealthCheck {
    var name: String { "disk-space" }

    /// The disk, and what its two machines write meanwhile, as releases needed.
    static let usualBytes: Int64 = 12 << 30
    /// Less is certain to fail.
    static let leastBytes: Int64 = 3 << 30

    func applies(_ context: DoctorContext) -> Bool { context.verifies }

    func run(_ context: DoctorContext) async throws -> HealthFinding {
        let folder = context.temporaryFolder
        return Self.judge(free: try context.workstation.freeBytes(in: folder), folder: folder)
    }

    /// Decides.
    static func judge(free: Int64, folder: String) -> HealthFinding {
        let message =
            "\(gibibytes(free)) GiB free in `\(folder)`, verifying takes about "
            + "\(gibibytes(usualBytes)) GiB"
        let hint = "free space, or name another folder in `TMPDIR`"
        if free < leastBytes { return .failed(message, hint: hint) }
        return free < usualBytes ? .warning(message, hint: hint) : .ok(message)
    }

    private static func gibibytes(_ bytes: Int64) -> Int64 { bytes >> 30 }
}
