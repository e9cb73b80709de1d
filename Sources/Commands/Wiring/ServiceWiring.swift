import AWS
import Diagnostics
import DockerEngine
import FoundationEssentials
import GitHub
import Glibc
import HTTP
import Releasing

/// Puts the real services together.
enum ServiceWiring {
    /// What the passwords are on the local cloud where nobody sets them.
    static let localPassword = "dss"

    /// Says which passwords a machine on the local cloud gets because nobody set them.
    static func sayLocalPasswords(
        _ environment: [String: String], _ say: (String) -> Void
    ) {
        for password in MachineSecrets.Password.allCases
        where environment[password.variable] == nil {
            say("local run: \(password.variable) is `\(localPassword)`")
        }
    }

    /// Makes the services; nothing is connected before the first call.
    ///
    /// - Parameter onCall: told of every request; nil where nobody wants to know.
    static func services(
        _ options: GlobalOptions, _ call: Invocation, manifest: ManifestPlace,
        isLocal: Bool, say: @escaping @Sendable (String) -> Void,
        onCall: (@Sendable (String) -> Void)?
    ) -> Services {
        let project = manifest.project
        let (environment, processes) = (call.environment, call.processes)
        let localCloud =
            isLocal
            ? LocalCloud(
                projectPath: project.path, environment: environment, processes: processes,
                say: say) : nil
        let plain = call.transport(
            CurlTransport.Configuration(
                version: Version.number, environment: environment))
        let transport =
            onCall.map { tell in
                ToldTransport(plain, time: call.time) { tell($0.text) } as any HTTPTransport
            } ?? plain
        let connection = CloudConnection(
            settings: options, environment: environment, localCloud: localCloud,
            transport: transport, processes: processes)
        var passwords: [MachineSecrets.Password: Secret] = [:]
        for password in MachineSecrets.Password.allCases {
            passwords[password] =
                (environment[password.variable] ?? (isLocal ? localPassword : nil))
                .map { Secret($0) }
        }
        return Services(
            aws: ConnectingAWSCaller(connection: connection),
            provisioner: AnsibleProvisioner(
                projectPath: project.path, processes: processes, connection: connection),
            access: SSHMachineAccess(processes: processes, connection: connection),
            callerAddress: HTTPCallerAddress(transport: transport, connection: connection),
            emulator: ConnectingEmulator(processes: processes, connection: connection),
            engine: engine(transport, connection, isLocal: isLocal),
            registryLogin: RegistryLogin(
                files: DockerFiles(environment: environment), processes: processes),
            releases: GitHubClient(transport: transport, say: say) {
                try gitHub(environment, isLocal: isLocal)
            },
            secrets: MachineSecrets(
                passwords,
                registryPassword: environment[MachineSecrets.registryVariable].map { Secret($0) }),
            workstation: ThisWorkstation(processes: processes, connection: connection),
            realms: RealmKeeper(connection, manifest, isLocal: isLocal), isPriced: !isLocal)
    }

    /// GitHub as the environment names it; what the local cloud made is no release for anybody.
    private static func gitHub(
        _ environment: [String: String], isLocal: Bool
    ) throws -> GitHubServer {
        let server = try GitHubServer(environment: environment)
        guard !isLocal || server.isLoopback else {
            throw Diagnostic(
                code: "localcloud.no-github", severity: .configuration,
                summary: "what the local cloud made is not published on GitHub",
                hint: "leave out `/release/id` and `\(ReleaseManifest.Release.idVariable)`, or let "
                    + "`\(GitHubServer.urlVariable)` name a server on this machine")
        }
        return server
    }

    /// The Docker engine: the local cloud's with `--local`, else whatever the environment names.
    private static func engine(
        _ transport: any HTTPTransport, _ connection: CloudConnection, isLocal: Bool
    ) -> DockerEngineClient {
        DockerEngineClient(transport: transport) {
            let environment = try await connection.environment()
            guard !isLocal || environment["DOCKER_HOST"] != nil else {
                throw Diagnostic(
                    code: "localcloud.no-engine", severity: .configuration,
                    summary: "the local cloud runs no Docker engine",
                    hint: "`bin/localcloud up` says why; without one, take the section `/docker` "
                        + "out of the manifest")
            }
            return try DockerHost.find(
                environment: environment, files: DockerFiles(environment: environment),
                isThere: { FileManager.default.fileExists(atPath: $0) })
        }
    }
}
