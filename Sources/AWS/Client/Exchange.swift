import Diagnostics
import FoundationEssentials
import Glibc
import HTTP

/// One call on its way: every attempt, until one succeeds or the error is final.
struct Exchange {
    let client: AWSClient
    let wire: WireRequest
    let endpoint: AWSEndpoint
    let unsigned: HTTPRequest
    private var attempt = 1
    private var isRefreshed = false
    private var isClockCorrected = false
    private var lastCost: Int?
    private var credentials: AWSCredentials?

    init(
        client: AWSClient, wire: WireRequest, endpoint: AWSEndpoint, unsigned: HTTPRequest
    ) {
        self.client = client
        self.wire = wire
        self.endpoint = endpoint
        self.unsigned = unsigned
    }

    private var action: AWSAction { wire.action }

    /// Sends until there is an end.
    ///
    /// - Parameter send: makes one attempt with a signed request.
    /// - Throws: `Diagnostic`, `CancellationError`, what `send` throws beside `HTTPFailure`.
    mutating func run(
        _ send: (HTTPRequest) async throws -> HTTPResponse
    ) async throws -> HTTPResponse {
        let payload = try payload()
        while true {
            try Task.checkCancellation()
            let failure: RetryPolicy.Failure
            do {
                let response = try await send(try await signed(payload))
                if !isFailure(response) {
                    await client.tokens.give(lastCost ?? 1)
                    return response
                }
                failure = .service(ErrorReader.read(response, action: action, wire: wire))
            } catch let lost as HTTPFailure {
                failure = .transport(lost)
            } catch let lost as DownloadProgress.Refused {
                failure = .service(ErrorReader.read(lost.response, action: action, wire: wire))
            }
            if case .service(let error) = failure, await healed(error) { continue }
            try await waitBeforeNext(failure)
            attempt += 1
        }
    }

    private func isFailure(_ response: HTTPResponse) -> Bool {
        !(200..<300).contains(response.status)
            || (wire.mayFailWithStatus200 && ErrorReader.isError(response.body))
    }

    private mutating func signed(_ payload: SigV4.Payload) async throws -> HTTPRequest {
        guard action.isSigned else { return unsigned }
        let current = try await client.credentials.current()
        credentials = current
        var request = unsigned
        request.headers += try SigV4.sign(
            request, payload: payload, credentials: current,
            scope: SigV4.Scope(region: endpoint.region, service: endpoint.service.rawValue),
            date: await client.clock.now())
        return request
    }

    /// The body's digest; a file is digested only where TLS does not guard it.
    private func payload() throws -> SigV4.Payload {
        switch unsigned.body {
        case .none: return .of([])
        case .bytes(let bytes): return .of(bytes)
        case .file(let path, let offset, let sizeBytes):
            if endpoint.isEncrypted { return .unsigned }
            return .sha256(
                try FileDigest.sha256(path: path, offset: offset, sizeBytes: sizeBytes))
        }
    }

    /// Puts right what a refusal shows to be wrong here; each kind once, and at no attempt's cost,
    /// for a refused request was not performed.
    private mutating func healed(_ error: AWSServiceError) async -> Bool {
        // S3's answers to HEAD have no body that could name the reason: a refused clock is a bare
        // 403, and a session that has expired a bare 400.
        let isUnnamed = action.service == .s3 && wire.method == "HEAD"
        if !isClockCorrected,
            Self.clockCodes.contains(error.code) || (isUnnamed && error.status == 403),
            await client.clock.correct(by: error.serverDate)
        {
            isClockCorrected = true
            return true
        }
        guard !isRefreshed,
            Self.expiryCodes.contains(error.code) || (isUnnamed && error.status == 400),
            let credentials, await client.credentials.discard(credentials)
        else { return false }
        isRefreshed = true
        return true
    }

    private mutating func waitBeforeNext(_ failure: RetryPolicy.Failure) async throws {
        let decision = client.policy.decide(
            action.retry, attempt: attempt, failure: failure, jitter: client.jitter())
        switch decision {
        case .again(let seconds, let cost):
            guard await client.tokens.take(cost) else {
                throw diagnostic(failure, "the budget for retries is used up")
            }
            lastCost = cost
            try await client.time.sleep(seconds: seconds)
        case .giveUp: throw diagnostic(failure, nil)
        case .giveUpUnknown:
            throw diagnostic(
                failure, "it is not known whether the call was carried out, so it is not repeated")
        }
    }

    private func diagnostic(_ failure: RetryPolicy.Failure, _ why: String?) -> Diagnostic {
        let attempts = "attempt \(attempt) of \(client.policy.maxAttempts)"
        var problem: Diagnostic
        switch failure {
        case .service(let error):
            problem = error.diagnostic(
                action: action, attempt: attempts, origin: credentials?.origin)
        case .transport(let lost):
            problem = Self.diagnostic(lost, action: action, attempts: attempts)
        }
        if let why { problem.causes.append(why) }
        return problem
    }

    private static func diagnostic(
        _ lost: HTTPFailure, action: AWSAction, attempts: String
    ) -> Diagnostic {
        let causes = ["\(lost.message) (\(lost.kind.rawValue), \(attempts))"]
        switch lost.kind {
        case .bodyTooLong:
            return Diagnostic(
                code: "aws.wire", summary: "the answer to \(action.qualifiedName) is too long",
                causes: causes, hint: "narrow the search, or check the endpoint `\(lost.host)`",
                isTrouble: true)
        case .badRequest:
            return Diagnostic(
                code: "aws.request", severity: .configuration,
                summary: "\(action.qualifiedName) cannot be sent", causes: causes,
                hint: "correct the value that it names")
        default:
            return Diagnostic(
                code: "aws.unreachable",
                summary: "\(action.qualifiedName) cannot reach `\(lost.host)`", causes: causes,
                hint: lost.diagnostic.hint, isTrouble: true)
        }
    }

    private static let clockCodes: Set<String> = [
        "AuthFailure", "InvalidSignatureException", "RequestExpired", "RequestInTheFuture",
        "RequestTimeTooSkewed", "SignatureDoesNotMatch",
    ]

    private static let expiryCodes: Set<String> = [
        "ExpiredToken", "ExpiredTokenException", "RequestExpired", "TokenRefreshRequired",
    ]
}
