import Diagnostics
import Foundation
import JSON

/// The embedded AWS of a project: found through its state file, started where none runs.
struct LocalCloud: Sendable {
    private let projectPath: String
    private let home: String
    private let processes: any ProcessRunner
    private let say: @Sendable (String) -> Void

    private static let startTimeoutSeconds = 900.0

    /// - Parameters:
    ///   - environment: `DSS_LOCALCLOUD_HOME` names another folder for the cloud's state.
    ///   - say: tells a person what takes its time.
    init(
        projectPath: String, environment: [String: String], processes: any ProcessRunner,
        say: @escaping @Sendable (String) -> Void
    ) {
        self.projectPath = projectPath
        home = environment["DSS_LOCALCLOUD_HOME"] ?? projectPath + "/.localcloud"
        self.processes = processes
        self.say = say
    }

    /// The variables that make any AWS client talk to this cloud.
    ///
    /// - Throws: `localcloud.*`.
    func environment() async throws -> [String: String] {
        if let running = try running() { return running }
        say("starting the local cloud")
        let command = ProcessCommand(
            executable: projectPath + "/bin/localcloud", arguments: ["up"],
            workingDirectory: projectPath, timeoutSeconds: Self.startTimeoutSeconds)
        let say = say
        let outcome = try await processes.run(command) { line in say(line) }
        guard outcome.status == 0 else {
            throw Diagnostic(
                code: "localcloud.not-started", severity: .configuration,
                summary: "the local cloud did not start",
                causes: outcome.standardErrorTail.split(separator: "\n").suffix(5).map(String.init),
                hint: "run `bin/setup`, then `bin/localcloud up`; "
                    + "without root, `bin/localcloud up --paper` does without machines")
        }
        guard let running = try running() else {
            throw Diagnostic(
                code: "localcloud.no-state", severity: .configuration,
                summary: "`bin/localcloud up` left no usable `\(home)/cloud.json`",
                hint: "run `bin/localcloud reset`, then the same command again")
        }
        return running
    }

    /// The variables of the cloud that the state file describes, while its process lives.
    private func running() throws -> [String: String]? {
        let path = home + "/cloud.json"
        guard FileManager.default.fileExists(atPath: path) else { return nil }
        let state = try JSONReader(contentsOf: path).object()
        let pid = try state.required("pid").integer(in: 1...Int(Int32.max))
        guard ProcessIdentity.isRunning(pid) else { return nil }
        return try state.required("environment").stringMap()
    }
}
