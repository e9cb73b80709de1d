/// What went wrong below the level of HTTP statuses.
///
/// `requestMayHaveReachedServer` decides whether a creating call may be sent again.
package struct HTTPFailure: Error, Sendable, Equatable {
    /// The kinds that callers tell apart.
    package enum Kind: String, Sendable {
        case nameNotResolved = "name-not-resolved"
        case connectionRefused = "connection-refused"
        case connectTimeout = "connect-timeout"
        case tls = "tls"
        case idleTimeout = "idle-timeout"
        case totalTimeout = "total-timeout"
        case connectionLost = "connection-lost"
        case bodyTooLong = "body-too-long"
        case badRequest = "bad-request"
        case other = "other"
    }

    package let kind: Kind
    /// libcurl's own words, without secrets.
    package let message: String
    /// Host and port, or the unix socket; never a query.
    package let host: String
    /// False only where it is certain that the server saw nothing of the request.
    package let requestMayHaveReachedServer: Bool

    /// Makes a failure.
    package init(kind: Kind, message: String, host: String, requestMayHaveReachedServer: Bool) {
        self.kind = kind
        self.message = message
        self.host = host
        self.requestMayHaveReachedServer = requestMayHaveReachedServer
    }
}
