import Diagnostics
import HTTP

/// Asks an endpoint on this machine or its host for a short text, quickly or not at all.
struct MetadataFetcher: Sendable {
    private static let attempts = 3
    private static let limitBytes = 1 << 18

    let transport: any HTTPTransport
    let time: any TimeSource

    /// Asks, again after a second where the endpoint has trouble.
    ///
    /// - Throws: `aws.credentials` with what it answered.
    func text(_ request: HTTPRequest, place: String) async throws -> String {
        var last = ""
        for attempt in 1...Self.attempts {
            do {
                let answer = try await send(request)
                if answer.status == 200 { return String(decoding: answer.body, as: UTF8.self) }
                last = "it answered status \(answer.status)"
                if answer.status < 500 && answer.status != 429 { break }
            } catch let failure as HTTPFailure {
                last = "\(failure.host) cannot be reached: \(failure.message)"
            }
            if attempt < Self.attempts { try await time.sleep(seconds: 1) }
        }
        throw CredentialFailure.unusable(
            place, last, hint: "check that the machine or container may have a role")
    }

    /// Asks once, with time-outs that a machine without such an endpoint does not feel.
    func send(_ request: HTTPRequest) async throws -> HTTPResponse {
        var request = request
        request.connectTimeoutSeconds = 1
        request.idleTimeoutSeconds = 2
        request.totalTimeoutSeconds = 4
        return try await transport.send(request, limitBytes: Self.limitBytes)
    }
}
