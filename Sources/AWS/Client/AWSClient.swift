package import Diagnostics
package import HTTP

/// Calls AWS: encodes, signs, sends, retries and decodes.
package struct AWSClient: AWSCaller {
    package let configuration: AWSConfiguration
    let transport: any HTTPTransport
    let time: any TimeSource
    let policy: RetryPolicy
    let credentials: CredentialCache
    let clock: ServerClock
    let tokens = RetryTokens()
    let jitter: @Sendable () -> Double
    private let sources: CredentialSources

    /// Makes a client; share one, for credentials and the retry budget live in it.
    ///
    /// - Parameters:
    ///   - configuration: regions, endpoints and profiles.
    ///   - transport: sends the requests.
    ///   - time: the clock that signs and waits.
    ///   - processes: runs a profile's `credential_process`.
    ///   - credentials: where credentials come from; nil for AWS's usual places.
    ///   - jitter: random numbers from 0 to 1 that spread retries.
    package init(
        configuration: AWSConfiguration, transport: any HTTPTransport,
        time: any TimeSource = SystemTimeSource(),
        processes: any ProcessRunner = SubprocessRunner(),
        credentials: (any CredentialProvider)? = nil,
        jitter: @escaping @Sendable () -> Double = { Double.random(in: 0...1) }
    ) {
        self.configuration = configuration
        self.transport = transport
        self.time = time
        self.jitter = jitter
        sources = CredentialSources(
            configuration: configuration, transport: transport, time: time, processes: processes)
        policy = RetryPolicy(attempts: configuration.maxAttempts)
        clock = ServerClock(time: time)
        self.credentials = CredentialCache(provider: credentials ?? sources.chain(), time: time)
    }

    package func call<O: AWSOperation>(_ operation: O, region: String) async throws -> O.Output {
        let wire = try wire(operation)
        let transport = transport
        return try await run(operation, wire, region) { request in
            try await transport.send(request, limitBytes: wire.answerLimitBytes)
        }
    }

    package func download<O: AWSOperation>(
        _ operation: O, region: String, onBody: @escaping @Sendable ([UInt8]) async throws -> Void
    ) async throws -> O.Output {
        let progress = DownloadProgress()
        let transport = transport
        let prepare: Exchange<O>.Preparing = { try await progress.rest(of: $0) }
        return try await run(operation, try wire(operation), region, prepare) { request in
            let last = try await progress.stream(request, over: transport, onBody: onBody)
            return await progress.head ?? last
        }
    }

    /// Credentials that are good now, for what signs outside of a call.
    ///
    /// - Throws: `aws.no-credentials`, `aws.credentials`.
    package func currentCredentials() async throws -> AWSCredentials {
        try await credentials.current()
    }

    private func wire<O: AWSOperation>(_ operation: O) throws -> WireRequest {
        var wire = WireRequest(O.action)
        try operation.encode(into: &wire)
        return wire
    }

    private func run<O: AWSOperation>(
        _ operation: O, _ wire: WireRequest, _ region: String,
        _ prepare: @escaping Exchange<O>.Preparing = { $0 },
        _ send: @escaping Exchange<O>.Sending
    ) async throws -> O.Output {
        let endpoint = try configuration.endpoint(of: O.action.service, region: region)
        let exchange = try Exchange(
            client: self, operation: operation, wire: wire, endpoint: endpoint, prepare: prepare,
            send: send)
        var policy = policy
        policy.patienceSeconds = OutagePatience.seconds
        return try await RetryLoop(policy: policy, time: time, jitter: jitter).run(exchange)
    }
}
