import AWS
import Diagnostics
import HTTP
import Releasing

/// The way to AWS, found only when the first call is made: a plan needs no network, no
/// credentials and no local cloud.
actor CloudConnection {
    private let settings: GlobalOptions
    private let base: [String: String]
    private let localCloud: LocalCloud?
    private let transport: any HTTPTransport
    private let processes: any ProcessRunner
    private var pendingEnvironment: Task<[String: String], any Error>?
    private var pendingClient: Task<AWSClient, any Error>?

    /// What names a Docker engine; the local cloud has one of its own, or none.
    private static let engineVariables: Set = [
        "DOCKER_HOST", "DOCKER_CONTEXT", "DOCKER_TLS_VERIFY", "DOCKER_CERT_PATH",
    ]
    /// Keeps the files and the machine that name a real account out of reach.
    private static let noAccount = [
        "AWS_CONFIG_FILE": "/dev/null", "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
        "AWS_EC2_METADATA_DISABLED": "true",
    ]

    /// - Parameter localCloud: nil for AWS itself.
    init(
        settings: GlobalOptions, environment: [String: String], localCloud: LocalCloud?,
        transport: any HTTPTransport, processes: any ProcessRunner
    ) {
        self.settings = settings
        base = environment
        self.localCloud = localCloud
        self.transport = transport
        self.processes = processes
    }

    /// The process's variables, with the local cloud's in place of the AWS ones.
    func environment() async throws -> [String: String] {
        if let pendingEnvironment { return try await pendingEnvironment.value }
        let base = base
        guard let localCloud else { return base }
        let task = Task {
            let local = try await localCloud.environment()
            // Nothing of a real account may reach the local cloud, nor the other way round.
            let rest = base.filter { name, _ in
                !name.hasPrefix("AWS_") && !Self.engineVariables.contains(name)
            }.merging(Self.noAccount) { $1 }
            return rest.merging(local) { own, _ in own }
        }
        pendingEnvironment = task
        return try await task.value
    }

    /// The client, made once.
    func client() async throws -> AWSClient {
        if let pendingClient { return try await pendingClient.value }
        let task = Task { try await makeClient() }
        pendingClient = task
        return try await task.value
    }

    private func makeClient() async throws -> AWSClient {
        let configuration = try configuration(of: try await environment())
        return AWSClient(configuration: configuration, transport: transport)
    }

    private func configuration(of environment: [String: String]) throws -> AWSConfiguration {
        let isLocal = localCloud != nil
        return try AWSConfiguration.load(
            environment: environment, profile: isLocal ? nil : settings.awsProfile,
            region: settings.region, endpointUrl: isLocal ? nil : settings.endpointUrl)
    }

    /// Where calls go, as far as files and variables say: no call is made and nothing started.
    ///
    /// - Throws: `aws.config-*`, `aws.profile-not-found`.
    func place(region: String) throws -> (CloudRealm.Place, CallerHint) {
        if let localCloud { return (.local(try localCloud.state()), .nothing) }
        let configuration = try configuration(of: base)
        let endpoint = try configuration.endpoint(of: .ec2, region: region)
        let hint = configuration.callerHint
        let partition = AWSPartition(region: region).rawValue
        if !endpoint.isCustom { return (.aws(partition: partition), hint) }
        if let host = AWSHostName(endpoint.authority) {
            return (.aws(partition: host.partition ?? partition), hint)
        }
        return (.endpoint(endpoint.hostAndPort), hint)
    }

    /// The process's own variables, those of AWS included.
    nonisolated var ownVariables: [String: String] { base }
}

/// AWS calls through a connection that is made with the first of them.
struct ConnectingAWSCaller: AWSCaller {
    let connection: CloudConnection

    func call<O: AWSOperation>(_ operation: O, region: String) async throws -> O.Output {
        try await connection.client().call(operation, region: region)
    }

    func download<O: AWSOperation>(
        _ operation: O, region: String, onBody: @escaping @Sendable ([UInt8]) async throws -> Void
    ) async throws -> O.Output {
        try await connection.client().download(operation, region: region, onBody: onBody)
    }
}
