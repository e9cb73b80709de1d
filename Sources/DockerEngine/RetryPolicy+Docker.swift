import HTTP

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
