package import Diagnostics

/// One request, with every limit that bounds it.
package struct HTTPRequest: Sendable {
    /// What is sent after the headers.
    package enum Body: Sendable {
        case none
        case bytes([UInt8])
        /// A file's part, read while it is sent: path, first byte, length in bytes.
        case file(path: String, offset: UInt64, sizeBytes: UInt64)
    }

    /// `GET`, `PUT` and so on.
    package var method: String
    /// Absolute, percent-encoded; sent byte for byte as it stands (no path normalisation).
    package var url: String
    /// In the order in which they are sent; a name may occur twice.
    package var headers: [(name: String, value: String)]
    package var body: Body
    /// Longest wait for a connection.
    package var connectTimeoutSeconds: Double = 10
    /// Longest time in which not one byte moves.
    package var idleTimeoutSeconds: Double = 60
    /// Longest time for the whole transfer.
    package var totalTimeoutSeconds: Double = 300
    /// Whether the transport must never send the request a second time on its own.
    ///
    /// Otherwise it does so once more over a new connection where a kept one was closed before
    /// the first byte of an answer. Where true, the request also gets a connection of its own,
    /// so that it cannot meet a dead one; set it to false for a `POST` that only reads or carries
    /// a client token, to save that handshake.
    /// Set at first for every method that is not idempotent (RFC 9110, section 9.2.2).
    package var mustNotRepeat: Bool
    /// The absolute path of a unix socket that is spoken to instead of the URL's host.
    ///
    /// Never through a proxy; the URL's host is still sent as `Host`.
    package var unixSocketPath: String?
    /// The certificates of this one request; nil for the transport's own.
    package var certificates: CertificateFiles?
    /// What it is for, such as `ec2:DescribeImages`: never sent, only told.
    package var operation: String?

    /// Makes a request with the usual limits.
    package init(
        method: String, url: String, headers: [(name: String, value: String)] = [],
        body: Body = .none
    ) {
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
        mustNotRepeat = !["GET", "HEAD", "OPTIONS", "PUT", "DELETE"].contains(method)
    }
}
