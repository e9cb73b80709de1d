import Diagnostics
import FoundationEssentials
import HTTP

/// One call on its way: what AWS adds to the common retry loop.
struct Exchange<Operation: AWSOperation>: RetriedCall {
    /// Sends one signed request.
    typealias Sending = @Sendable (HTTPRequest) async throws -> HTTPResponse

    /// What an attempt asks for, where that differs from the one before; not signed yet.
    typealias Preparing = @Sendable (HTTPRequest) async throws -> HTTPRequest

    private let client: AWSClient
    private let operation: Operation
    private let wire: WireRequest
    private let endpoint: AWSEndpoint
    private let unsigned: HTTPRequest
    private let payload: SigV4.Payload
    private let prepare: Preparing
    private let send: Sending
    private var attempts = 0
    private var isRefreshed = false
    private var isClockCorrected = false
    private var lastCost: Int?
    private var credentials: AWSCredentials?
    private var signedAt: Date?

    init(
        client: AWSClient, operation: Operation, wire: WireRequest, endpoint: AWSEndpoint,
        prepare: @escaping Preparing = { $0 }, send: @escaping Sending
    ) throws {
        self.client = client
        self.operation = operation
        self.wire = wire
        self.endpoint = endpoint
        self.prepare = prepare
        self.send = send
        var request = RequestEncoder.httpRequest(wire, to: endpoint)
        request.certificates = client.configuration.certificates
        unsigned = request
        payload = try Self.payload(unsigned, isEncrypted: endpoint.isEncrypted)
    }

    private var action: AWSAction { wire.action }

    var isRepeatable: Bool { action.retry != .onlyIfUnsent }

    mutating func attempt() async throws -> Attempted<Operation.Output, AWSServiceError> {
        attempts += 1
        let response: HTTPResponse
        do {
            response = try await send(try await signed())
        } catch let lost as DownloadProgress.Refused {
            return .refused(ErrorReader.read(lost.response, action: action, wire: wire))
        } catch let foreign as DownloadProgress.Foreign {
            return .garbled(foreign.problem)
        }
        guard !isFailure(response) else {
            return .refused(ErrorReader.read(response, action: action, wire: wire))
        }
        do {
            let output = try operation.decode(WireResponse(action: action, http: response))
            await client.tokens.give(lastCost ?? 1)
            return .answered(output)
        } catch let problem as Diagnostic {
            return .garbled(problem)
        }
    }

    func setback(_ error: AWSServiceError, after progress: RetryPolicy.Progress) -> Setback {
        error.setback
    }

    /// Puts right what a refusal shows to be wrong here; each kind once, and at no attempt's cost,
    /// for a refused request was not performed.
    mutating func heals(_ error: AWSServiceError) async -> Bool {
        // S3's answers to HEAD have no body that could name the reason: a refused clock is a bare
        // 403, and a session that has expired a bare 400.
        let isUnnamed = action.service == .s3 && wire.method == "HEAD"
        if !isClockCorrected, let signedAt,
            clockCodes.contains(error.code) || (isUnnamed && error.status == 403),
            await client.clock.explains(error.serverDate, toRequestSignedAt: signedAt)
        {
            isClockCorrected = true
            return true
        }
        guard !isRefreshed,
            expiryCodes.contains(error.code) || (isUnnamed && error.status == 400),
            let credentials, await client.credentials.discard(credentials)
        else { return false }
        isRefreshed = true
        return true
    }

    mutating func mayGoOn(
        after setback: Setback, waitingSeconds: Double, isLimit: Bool
    ) async -> Bool {
        // What patience alone allows comes seldom enough to bury nobody.
        guard attempts < client.policy.attempts else { return true }
        let cost = setback.isTimeout ? 10 : 5
        guard await client.tokens.take(cost) else { return false }
        lastCost = cost
        return true
    }

    private func isFailure(_ response: HTTPResponse) -> Bool {
        !(200..<300).contains(response.status)
            || (wire.mayFailWithStatus200 && ErrorReader.isError(response.body))
    }

    private mutating func signed() async throws -> HTTPRequest {
        var request = try await prepare(unsigned)
        guard action.isSigned else { return request }
        let current = try await client.credentials.current()
        let date = await client.clock.now()
        credentials = current
        signedAt = date
        request.headers += try SigV4.sign(
            request, payload: payload, credentials: current,
            scope: SigV4.Scope(region: endpoint.region, service: endpoint.service.rawValue),
            date: date)
        return request
    }

    /// The body's digest; a file is digested only where TLS does not guard it.
    private static func payload(
        _ request: HTTPRequest, isEncrypted: Bool
    ) throws -> SigV4.Payload {
        switch request.body {
        case .none: return .of([])
        case .bytes(let bytes): return .of(bytes)
        case .file(let path, let offset, let sizeBytes):
            if isEncrypted { return .unsigned }
            return .sha256(
                try FileDigest.sha256(path: path, offset: offset, sizeBytes: sizeBytes))
        }
    }

    func diagnostic(of end: FinalFailure<AWSServiceError>) -> Diagnostic {
        let words = FailureWords(
            area: "aws", call: action.qualifiedName, server: "`\(endpoint.authority)`")
        let attempt = "attempt \(end.attempt) of \(max(end.attempt, client.policy.attempts))"
        var problem: Diagnostic
        switch end.cause {
        case .lost(let failure):
            problem = words.lost(
                failure, attempt: attempt, isOutcomeUnknown: end.isOutcomeUnknown)
        case .garbled(let why):
            let causes = [why.summary] + why.causes + [attempt]
            problem =
                end.isOutcomeUnknown ? words.outcomeUnknown(causes) : words.garbled(causes)
        case .refused(let error):
            problem = error.diagnostic(
                action: action, attempt: attempt, origin: credentials?.origin)
            if end.isOutcomeUnknown { problem = words.outcomeUnknown(problem.causes) }
        }
        if end.isBudgetUsedUp { problem.causes.append("the budget for retries is used up") }
        return problem
    }
}

private let clockCodes: Set<String> = [
    "AuthFailure", "InvalidSignatureException", "RequestExpired", "RequestInTheFuture",
    "RequestTimeTooSkewed", "SignatureDoesNotMatch",
]

private let expiryCodes: Set<String> = [
    "ExpiredToken", "ExpiredTokenException", "RequestExpired", "TokenRefreshRequired",
]
