import Diagnostics
import Synchronization

/// Whether a program is on this machine, and which version.
struct ToolCheck: HealthCheck {
    let name: String
    let executable: String
    let arguments: [String]
    let hint: String
    /// Whether a run cannot do without it.
    var isNeeded = true
    var saysVersion = true
    /// When it is asked for.
    var isAsked: @Sendable (DoctorContext) -> Bool = { _ in true }

    static let ssh = ToolCheck(
        name: "ssh", executable: "ssh", arguments: ["-V"],
        hint: "install the package `openssh-client`")
    // It has no option that says its version; any unknown one ends it.
    static let sshKeygen = ToolCheck(
        name: "ssh-keygen", executable: "ssh-keygen", arguments: ["-?"],
        hint: "install the package `openssh-client`", saysVersion: false)
    static let qemuImg = ToolCheck(
        name: "qemu-img", executable: "qemu-img", arguments: ["--version"],
        hint: "install the package `qemu-utils` to look into images by hand", isNeeded: false,
        isAsked: \.verifies)
    static let git = ToolCheck(
        name: "git", executable: "git", arguments: ["--version"],
        hint: "install the package `git` to work on the project", isNeeded: false)

    func applies(_ context: DoctorContext) -> Bool { isAsked(context) }

    func run(_ context: DoctorContext) async throws -> HealthFinding {
        do {
            let said = try await Self.version(
                executable, arguments, processes: context.workstation.processes)
            return .ok(saysVersion ? said : "is there")
        } catch let problem as Diagnostic where problem.code == "process.not-found" {
            let message = "`\(executable)` is not on the `PATH`"
            return isNeeded ? .failed(message, hint: hint) : .warning(message, hint: hint)
        }
    }

    /// The first line that a program says of itself.
    ///
    /// - Throws: `process.not-found` and what else keeps it from running.
    static func version(
        _ executable: String, _ arguments: [String], environment: [String: String?] = [:],
        processes: any ProcessRunner
    ) async throws -> String {
        let first = Mutex<String?>(nil)
        let outcome = try await processes.run(
            ProcessCommand(
                executable: executable, arguments: arguments, environment: environment,
                timeoutSeconds: 300, graceSeconds: 1)
        ) { line in
            first.withLock { if $0 == nil, !line.isEmpty { $0 = line } }
        }
        let errors = outcome.standardErrorTail.split(whereSeparator: \.isNewline).first
        return first.withLock { $0 } ?? errors.map(String.init) ?? "is there"
    }
}
