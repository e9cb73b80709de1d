extension HTTPRequest {
    /// Host and port of the URL, such as `example.org:8080`; empty where it has none.
    var authority: String {
        guard let scheme = url.firstRange(of: "://") else { return "" }
        return String(url[scheme.upperBound...].prefix { !"/?#".contains($0) })
    }

    /// Where the request goes, as errors name it: host and port, or the unix socket.
    var place: String { unixSocketPath ?? authority }

    /// The URL's host without port and brackets, in lower case.
    var host: String {
        let authority = authority.lowercased()
        if authority.hasPrefix("[") {
            return String(authority.dropFirst().prefix { $0 != "]" })
        }
        return String(authority.prefix { $0 != ":" })
    }

    /// Whether the host is this machine or its link's metadata service: no proxy reaches either,
    /// and credentials travel there.
    var isLocal: Bool {
        if unixSocketPath != nil { return true }
        let host = host
        return host == "localhost" || host.hasSuffix(".localhost") || host == "::1"
            || host.hasPrefix("127.") || host.hasPrefix("169.254.") || host == "fd00:ec2::254"
    }

    /// The body's length.
    var bodySizeBytes: UInt64 {
        switch body {
        case .none: 0
        case .bytes(let bytes): UInt64(bytes.count)
        case .file(_, _, let sizeBytes): sizeBytes
        }
    }

    /// Checks what libcurl would quietly change, send as something else, or take for its own
    /// notation.
    ///
    /// - Throws: `HTTPFailure` of kind `bad-request`; nothing was sent.
    func validate() throws {
        let lowered = url.lowercased()
        guard lowered.hasPrefix("http://") || lowered.hasPrefix("https://") else {
            throw refusal("the URL's scheme is neither `http` nor `https`")
        }
        guard !host.isEmpty, !authority.contains("@") else {
            throw refusal("the URL has no host, or a user before it")
        }
        // A blank or a non-ASCII byte would be percent-encoded anew, a fragment cut off.
        guard url.utf8.allSatisfy({ (0x21...0x7e).contains($0) }), !url.contains("#") else {
            throw refusal("the URL holds a blank, a fragment or a character beyond ASCII")
        }
        guard Self.isToken(method) else { throw refusal("the method is not a token") }
        if let path = unixSocketPath { try validate(socketPath: path) }
        for (name, value) in headers { try validate(name, value) }
        for seconds in [connectTimeoutSeconds, idleTimeoutSeconds, totalTimeoutSeconds] {
            guard seconds > 0, seconds.isFinite else {
                throw refusal("a time limit is not a positive number of seconds")
            }
        }
    }

    /// A failure for a request that was not sent.
    func refusal(_ message: String) -> HTTPFailure {
        HTTPFailure(
            kind: .badRequest, message: message, host: place,
            requestMayHaveReachedServer: false)
    }

    /// Longest path of a unix socket; what is longer, libcurl would not connect to.
    ///
    /// Source: <https://man7.org/linux/man-pages/man7/unix.7.html>
    private static let socketPathLimitBytes = 107

    private func validate(socketPath: String) throws {
        guard socketPath.hasPrefix("/"), !socketPath.utf8.contains(0) else {
            throw refusal("the unix socket's path is not absolute")
        }
        guard socketPath.utf8.count <= Self.socketPathLimitBytes else {
            throw refusal(
                "the unix socket's path has \(socketPath.utf8.count) bytes, "
                    + "\(Self.socketPathLimitBytes) is the system's limit")
        }
    }

    private func validate(_ name: String, _ value: String) throws {
        guard Self.isToken(name) else { throw refusal("a header's name is not a token") }
        guard value.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7f || $0 == 0x09 }) else {
            throw refusal("header `\(name)` holds a control character")
        }
        switch name.lowercased() {
        case "content-length" where value != String(bodySizeBytes):
            throw refusal("header `\(name)` differs from the body's \(bodySizeBytes) bytes")
        case "transfer-encoding":
            throw refusal("header `\(name)` is not the caller's to set: bodies have a length")
        case "expect":
            // libcurl would resend after a 417, and hand over both answers as one.
            throw refusal("header `\(name)` is not the caller's to set: bodies are sent at once")
        default: break
        }
    }

    /// RFC 9110, section 5.6.2.
    private static func isToken(_ text: String) -> Bool {
        !text.isEmpty
            && text.utf8.allSatisfy { byte in
                (0x30...0x39).contains(byte) || (0x41...0x5a).contains(byte)
                    || (0x61...0x7a).contains(byte) || "!#$%&'*+-.^_`|~".utf8.contains(byte)
            }
    }
}
