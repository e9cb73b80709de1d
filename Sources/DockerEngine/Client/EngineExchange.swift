import Diagnostics
import HTTP

/// One request on its way to the engine: what the engine adds to the common retry loop.
struct EngineExchange<Answer: Sendable>: RetriedCall {
    let call: ServerCall
    let request: HTTPRequest
    let host: DockerHost
    let transport: any HTTPTransport
    /// Reads an answer.
    let read: @Sendable (HTTPResponse, EngineFailure) throws -> Answer

    private static var answerLimitBytes: Int { 16 << 20 }

    private var failure: EngineFailure { EngineFailure(call: call, host: host) }

    var isRepeatable: Bool { call.isRepeatable }

    mutating func attempt() async throws -> Attempted<Answer, HTTPResponse> {
        let response: HTTPResponse
        do {
            response = try await transport.send(request, limitBytes: Self.answerLimitBytes)
        } catch let lost as HTTPFailure where lost.kind != .connectionLost {
            // An engine that does not run does not come up by itself, and one that takes longer
            // than it may works still.
            throw failure.lost(lost)
        }
        return try Attempted(
            response, to: call, wire: "docker.wire", read: { try read($0, failure) },
            refusal: { $0 })
    }

    /// It would say the same again.
    var garbledSetback: Setback { Setback(isPassing: false, isCertainlyUndone: false) }

    func setback(_ response: HTTPResponse, after progress: RetryPolicy.Progress) -> Setback {
        // A proxy before the engine says that it is away for a moment.
        [502, 503, 504].contains(response.status) ? .trouble() : .refusal
    }

    func diagnostic(of end: FinalFailure<HTTPResponse>) -> Diagnostic {
        switch end.cause {
        case .lost(let lost): return failure.lost(lost)
        case .refused(let response):
            let refused = failure.refused(response.status, response.body)
            return end.isOutcomeUnknown ? failure.words.outcomeUnknown(refused.causes) : refused
        case .garbled(let why):
            return end.isOutcomeUnknown ? failure.words.outcomeUnknown(why.causes) : why
        }
    }
}

extension RetryPolicy {
    /// Few attempts at short distances: the engine is on this machine, or near.
    static let docker: RetryPolicy = {
        var policy = RetryPolicy(attempts: 3)
        policy.firstDelaySeconds = 0.5
        policy.longestDelaySeconds = 5
        policy.longestWishSeconds = 5
        policy.steadyShare = 1
        return policy
    }()
}
