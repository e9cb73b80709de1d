import AWS
import Diagnostics
import FoundationEssentials
import JSON
import Releasing

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
            inherits: .needed(and: ["DSS_", "PIP_", "XDG_"]), workingDirectory: projectPath,
            timeoutSeconds: Self.startTimeoutSeconds, leavesServers: true)
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

    /// The state that runs now; nil where none does, and none is started.
    ///
    /// - Throws: `json.*` where the state file is spoiled.
    func state() throws -> CloudRealm.LocalState? {
        try Self.description(home).map { try Self.state($0, home) }
    }

    /// Whether a state that was recorded still runs, wherever its home is.
    static func isThere(_ state: CloudRealm.LocalState) -> Bool {
        guard let found = try? description(state.home) else { return false }
        return (try? Self.state(found, state.home))?.id == state.id
    }

    private static func state(
        _ description: JSONObjectReader, _ home: String
    ) throws -> CloudRealm.LocalState {
        guard description.optional("stateId") != nil else {
            throw Diagnostic(
                code: "localcloud.outdated", severity: .configuration,
                summary: "an older local cloud runs, which does not say which state it is in",
                location: home + "/cloud.json",
                hint: "stop it with `bin/localcloud down`; the next local run starts another")
        }
        let url = try description.required("endpointUrl").string()
        let endpoint = try AWSEndpoint(customUrl: url, service: .ec2, region: "us-east-1")
        return CloudRealm.LocalState(
            account: try description.required("accountId").string(),
            id: try description.required("stateId").string(), endpoint: endpoint.hostAndPort,
            home: URL(fileURLWithPath: home).standardizedFileURL.path)
    }

    /// The variables of the cloud that the state file describes, while its process lives.
    private func running() throws -> [String: String]? {
        try Self.description(home)?.required("environment").stringMap()
    }

    /// What the state file of a home says, while its process lives.
    private static func description(_ home: String) throws -> JSONObjectReader? {
        let path = home + "/cloud.json"
        guard FileManager.default.fileExists(atPath: path) else { return nil }
        let state = try JSONReader(contentsOf: path).object()
        let pid = try state.required("pid").integer(in: 1...Int(Int32.max))
        return ProcessIdentity.isRunning(pid) ? state : nil
    }
}
