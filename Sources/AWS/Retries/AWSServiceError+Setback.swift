import HTTP

extension AWSServiceError {
    /// What the error means for a further attempt.
    var setback: Setback {
        if isThrottling {
            var setback = Setback(isPassing: true, isCertainlyUndone: true)
            setback.isThrottling = true
            setback.wishSeconds = retryAfterSeconds ?? 0
            return setback
        }
        if Self.undoneCodes.contains(code) {
            return Setback(isPassing: true, isCertainlyUndone: true)
        }
        return isTransient ? .trouble(wishSeconds: retryAfterSeconds ?? 0) : .refusal
    }

    /// Whether it means "too many requests", after which nothing was performed.
    var isThrottling: Bool { Self.throttlingCodes.contains(code) || status == 429 }

    /// Whether it means that the service has trouble, and may have performed the call.
    var isTransient: Bool {
        Self.transientCodes.contains(code) || Self.undoneCodes.contains(code)
            || status >= 500 && !Self.permanentStatuses.contains(status)
    }

    /// Not implemented, and no such version of HTTP: the same tomorrow.
    private static let permanentStatuses: Set<Int> = [501, 505]

    private static let throttlingCodes: Set<String> = [
        "BandwidthLimitExceeded", "EC2ThrottledException", "LimitExceededException",
        "PriorRequestNotComplete", "ProvisionedThroughputExceededException",
        "RequestLimitExceeded", "RequestThrottled", "RequestThrottledException", "SlowDown",
        "ThrottledException", "Throttling", "ThrottlingException", "TooManyRequestsException",
        "TransactionInProgressException",
    ]

    /// What says that nothing was done, and that the same call may succeed in a moment.
    ///
    /// Source: https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
    private static let undoneCodes: Set<String> = [
        // Two writes of an object or changes of a bucket at the same moment.
        "ConditionalRequestConflict", "OperationAborted",
        // A bucket so new that its name still leads elsewhere.
        "TemporaryRedirect",
    ]

    private static let transientCodes: Set<String> = [
        "InternalError", "InternalFailure", "InternalServerError",
        "RequestTimeout", "RequestTimeoutException", "ServiceUnavailable", "Unavailable",
        "IDPCommunicationError",
    ]
}
