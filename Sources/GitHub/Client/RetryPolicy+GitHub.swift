import HTTP

extension RetryPolicy {
    /// Few attempts, and a quarter of an hour for rate limits.
    ///
    /// Source: <https://docs.github.com/en/rest/using-the-rest-api/best-practices-for-using-the-rest-api>
    static let github: RetryPolicy = {
        var policy = RetryPolicy(attempts: 5)
        policy.firstDelaySeconds = 1
        policy.longestDelaySeconds = 15
        policy.longestWishSeconds = 15
        policy.steadyShare = 0.5
        policy.longestLimitSeconds = 900
        policy.mostLimits = 8
        return policy
    }()
}
