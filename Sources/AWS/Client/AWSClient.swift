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
        policy = RetryPolicy(maxAttempts: configuration.maxAttempts)
        clock = ServerClock(time: time)
        self.credentials = CredentialCache(provider: credentials ?? sources.chain(), time: time)
    }

    package func call<O: AWSOperation>(_ operation: O, region: String) async throws -> O.Output {
        var exchange = try prepared(operation, region: region)
        let limitBytes = exchange.wire.answerLimitBytes
        let response = try await exchange.run { request in
            try await transport.send(request, limitBytes: limitBytes)
        }
        return try decoded(operation, response)
    }

    package func download<O: AWSOperation>(
        _ operation: O, region: String, onBody: @Sendable ([UInt8]) async throws -> Void
    ) async throws -> O.Output {
        var exchange = try prepared(operation, region: region)
        let progress = DownloadProgress()
        let response = try await exchange.run { request in
            try await progress.stream(request, over: transport, onBody: onBody)
        }
        return try decoded(operation, await progress.head ?? response)
    }

    /// Credentials that are good now, for what signs outside of a call.
    ///
    /// - Throws: `aws.no-credentials`, `aws.credentials`.
    package func currentCredentials() async throws -> AWSCredentials {
        try await credentials.current()
    }

    private func prepared<O: AWSOperation>(_ operation: O, region: String) throws -> Exchange {
        var wire = WireRequest(O.action)
        try operation.encode(into: &wire)
        let endpoint = try configuration.endpoint(of: O.action.service, region: region)
        return Exchange(
            client: self, wire: wire, endpoint: endpoint,
            unsigned: RequestEncoder.httpRequest(wire, to: endpoint))
    }

    private func decoded<O: AWSOperation>(
        _ operation: O, _ http: HTTPResponse
    ) throws -> O.Output {
        do {
            return try operation.decode(WireResponse(action: O.action, http: http))
        } catch let problem as Diagnostic where problem.code == "aws.wire" {
            throw problem.wrapped(
                in: "the answer to \(O.action.qualifiedName) has an unexpected shape")
        }
    }
}
