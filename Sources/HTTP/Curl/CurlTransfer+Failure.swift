import CCurl

extension CurlTransfer {
    /// What became of a transfer that libcurl has ended.
    func result(for code: CURLcode) -> Result<Void, any Error> {
        if code == CURLE_OK { return .success(()) }
        if let ownFailure { return .failure(ownFailure) }
        let message = handle.message(for: code)
        let isBroken = code == CURLE_SSL_CONNECT_ERROR && Self.isOfConnection(message)
        return .failure(failure(isBroken ? .connectionRefused : Self.kind(of: code), message))
    }

    /// Whether a handshake failed because the connection broke, as in an outage, and not because
    /// the server speaks otherwise: libcurl has one code for both, and nothing was sent yet.
    private static func isOfConnection(_ message: String) -> Bool {
        ["SSL_ERROR_SYSCALL", "onnection reset", "unexpected eof"].contains { message.contains($0) }
    }

    /// libcurl's codes by what a caller does about them.
    ///
    /// Source: <https://curl.se/libcurl/c/libcurl-errors.html>
    private static func kind(of code: CURLcode) -> HTTPFailure.Kind {
        switch code {
        case CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_RESOLVE_PROXY: .nameNotResolved
        case CURLE_COULDNT_CONNECT: .connectionRefused
        // The loop's own clocks do the rest: libcurl is given a limit for connecting only.
        case CURLE_OPERATION_TIMEDOUT: .connectTimeout
        case CURLE_SSL_CONNECT_ERROR, CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CACERT_BADFILE,
            CURLE_SSL_CERTPROBLEM, CURLE_SSL_CIPHER, CURLE_SSL_ISSUER_ERROR,
            CURLE_SSL_CRL_BADFILE, CURLE_SSL_ENGINE_INITFAILED, CURLE_SSL_INVALIDCERTSTATUS:
            .tls
        case CURLE_SEND_ERROR, CURLE_RECV_ERROR, CURLE_GOT_NOTHING, CURLE_PARTIAL_FILE,
            CURLE_HTTP2, CURLE_HTTP2_STREAM, CURLE_SEND_FAIL_REWIND:
            .connectionLost
        case CURLE_URL_MALFORMAT: .badRequest
        default: .other
        }
    }
}
