import Glibc
import HTTP

/// Whether and when a call is made again: the standard retry mode of AWS's clients, as a pure
/// function.
///
/// Source: https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html
struct RetryPolicy: Sendable {
    /// What ended an attempt.
    enum Failure: Sendable, Equatable {
        case transport(HTTPFailure)
        case service(AWSServiceError)
    }

    /// What to do next.
    enum Decision: Sendable, Equatable {
        /// Call again.
        ///
        /// - Parameters:
        ///   - afterSeconds: how long to wait first.
        ///   - cost: tokens that it takes from the bucket.
        case again(afterSeconds: Double, cost: Int)
        /// The error is final.
        case giveUp
        /// The error would be retried, but nobody knows whether the server did what was asked.
        case giveUpUnknown
    }

    static let longestDelaySeconds: Double = 20
    /// A server's own wish is followed no longer than this.
    static let longestServerDelaySeconds: Double = 60

    /// Attempts in all.
    let maxAttempts: Int

    /// Decides.
    ///
    /// - Parameters:
    ///   - retryClass: the operation's.
    ///   - attempt: the one that failed, from 1.
    ///   - failure: how.
    ///   - jitter: a random number from 0 to 1.
    func decide(
        _ retryClass: AWSAction.RetryClass, attempt: Int, failure: Failure, jitter: Double
    ) -> Decision {
        guard let kind = Self.kind(of: failure) else { return .giveUp }
        if retryClass == .onlyIfUnsent, !kind.isCertainlyNotPerformed { return .giveUpUnknown }
        guard attempt < maxAttempts else { return .giveUp }
        let base: Double = kind.isThrottling ? 1 : 0.5
        let bound = min(base * pow(2, Double(attempt - 1)), Self.longestDelaySeconds)
        var delay = jitter * bound
        if case .service(let error) = failure, let wish = error.retryAfterSeconds {
            delay = max(delay, min(wish, Self.longestServerDelaySeconds))
        }
        return .again(afterSeconds: delay, cost: kind.isTimeout ? 10 : 5)
    }

    /// Whether an answer means "too many requests", after which nothing was performed.
    static func isThrottling(_ error: AWSServiceError) -> Bool {
        throttlingCodes.contains(error.code) || error.status == 429
    }

    /// Whether an answer means that the service has trouble.
    static func isTransient(_ error: AWSServiceError) -> Bool {
        transientCodes.contains(error.code) || [500, 502, 503, 504].contains(error.status)
    }

    /// Whether an error code alone says that the same call may succeed later.
    static func isPassing(code: String) -> Bool {
        throttlingCodes.contains(code) || transientCodes.contains(code)
    }

    private struct Kind {
        var isCertainlyNotPerformed = false
        var isThrottling = false
        var isTimeout = false
    }

    /// Nil where calling again would not help.
    private static func kind(of failure: Failure) -> Kind? {
        switch failure {
        case .transport(let failure):
            switch failure.kind {
            case .bodyTooLong, .badRequest, .tls: nil
            case .connectTimeout, .idleTimeout, .totalTimeout:
                Kind(
                    isCertainlyNotPerformed: !failure.requestMayHaveReachedServer, isTimeout: true)
            case .nameNotResolved, .connectionRefused, .connectionLost, .other:
                Kind(isCertainlyNotPerformed: !failure.requestMayHaveReachedServer)
            }
        case .service(let error):
            if isThrottling(error) {
                Kind(isCertainlyNotPerformed: true, isThrottling: true)
            } else if isTransient(error) {
                Kind()
            } else {
                nil
            }
        }
    }

    private static let throttlingCodes: Set<String> = [
        "BandwidthLimitExceeded", "EC2ThrottledException", "LimitExceededException",
        "PriorRequestNotComplete", "ProvisionedThroughputExceededException",
        "RequestLimitExceeded", "RequestThrottled", "RequestThrottledException", "SlowDown",
        "ThrottledException", "Throttling", "ThrottlingException", "TooManyRequestsException",
        "TransactionInProgressException",
    ]

    private static let transientCodes: Set<String> = [
        // Two writes of an object at the same moment, of which S3 lets neither win.
        "ConditionalRequestConflict", "InternalError", "InternalFailure", "InternalServerError",
        "RequestTimeout",
        "RequestTimeoutException", "ServiceUnavailable", "Unavailable", "IDPCommunicationError",
    ]
}
