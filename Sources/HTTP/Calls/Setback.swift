/// What a failed attempt means for the next one.
package struct Setback: Sendable, Equatable {
    /// Whether a further attempt may do better.
    package var isPassing: Bool
    /// Whether it is certain that the server did nothing of what it was asked.
    package var isCertainlyUndone: Bool
    /// Whether the server had too much to do.
    package var isThrottling = false
    /// Whether the attempt took as long as it was allowed to.
    package var isTimeout = false
    /// Whether the server is away or in trouble, which ends by itself.
    ///
    /// Else patience would only ask the same wrong place again and again.
    package var isOutage = true
    /// The server's own wish, in seconds.
    package var wishSeconds: Double = 0
    /// How long a rate limit lasts that is used up; nil where none is.
    ///
    /// Waiting for it is no attempt: nothing is wrong.
    package var limitSeconds: Double?

    /// Describes one; see the properties.
    package init(isPassing: Bool, isCertainlyUndone: Bool) {
        self.isPassing = isPassing
        self.isCertainlyUndone = isCertainlyUndone
    }

    /// The server said no: it did nothing, and will not next time either.
    package static let refusal = Setback(isPassing: false, isCertainlyUndone: true)

    /// What answered is not the server, or does not speak as it does.
    package static let foreign: Setback = {
        var setback = trouble()
        setback.isOutage = false
        return setback
    }()

    /// The server is in trouble.
    package static func trouble(wishSeconds: Double = 0) -> Setback {
        var setback = Setback(isPassing: true, isCertainlyUndone: false)
        setback.wishSeconds = wishSeconds
        return setback
    }

    /// No whole answer came.
    package static func lost(_ failure: HTTPFailure) -> Setback {
        var setback = Setback(
            isPassing: ![.bodyTooLong, .badRequest, .tls].contains(failure.kind),
            isCertainlyUndone: !failure.requestMayHaveReachedServer)
        setback.isTimeout =
            [.connectTimeout, .idleTimeout, .totalTimeout].contains(failure.kind)
        return setback
    }
}
