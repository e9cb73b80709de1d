import CCurl
import Diagnostics
import Glibc

extension CurlTransfer {
    /// Sets everything that libcurl is to do, and nothing that it would do on its own.
    ///
    /// - Throws: `HTTPFailure` where libcurl refuses an option; nothing was sent.
    func configure(_ configuration: CurlTransport.Configuration) throws {
        let request = exchange.request
        // Signals belong to the program, and a cancelled look-up must not hold up the loop:
        // its thread ends by itself.
        handle.set(CURLOPT_NOSIGNAL, 1)
        handle.set(CURLOPT_QUICK_EXIT, 1)
        handle.set(CURLOPT_BUFFERSIZE, 64 * 1024)
        handle.set(CURLOPT_TCP_KEEPALIVE, 1)
        handle.set(CURLOPT_CONNECTTIMEOUT_MS, Self.milliseconds(request.connectTimeoutSeconds))
        handle.set(CURLOPT_PROTOCOLS_STR, "http,https")
        handle.set(CURLOPT_PATH_AS_IS, 1)
        handle.set(CURLOPT_FOLLOWLOCATION, 0)
        handle.set(CURLOPT_HTTP_CONTENT_DECODING, 0)
        handle.set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1)
        handle.set(CURLOPT_HTTP_VERSION, Int(CURL_HTTP_VERSION_2TLS))
        handle.set(CURLOPT_MAXAGE_CONN, 60)
        handle.set(CURLOPT_URL, request.url)
        if let path = request.unixSocketPath { handle.set(CURLOPT_UNIX_SOCKET_PATH, path) }
        if request.mustNotRepeat {
            // On a connection of its own it cannot meet one that the server has just closed;
            // `mayBeSent()` has the last word.
            handle.set(CURLOPT_FRESH_CONNECT, 1)
        }
        setTrust(configuration)
        setProxy(configuration)
        setMethodAndBody()
        handle.set(CURLOPT_USERAGENT, configuration.userAgent)
        handle.setHeaders(headerLines())
        setCallbacks()
        if let code = handle.refused {
            throw request.refusal("libcurl refuses an option: \(handle.message(for: code))")
        }
    }

    private func setTrust(_ configuration: CurlTransport.Configuration) {
        handle.set(CURLOPT_SSLVERSION, Int(CURL_SSLVERSION_TLSv1_2))
        if let file = configuration.certificateAuthorityFile {
            handle.set(CURLOPT_CAINFO, file)
            handle.set(CURLOPT_PROXY_CAINFO, file)
        }
        if let folder = configuration.certificateAuthorityFolder {
            handle.set(CURLOPT_CAPATH, folder)
            handle.set(CURLOPT_PROXY_CAPATH, folder)
        }
        if let certificates = exchange.request.certificates { setTrust(certificates) }
    }

    private func setTrust(_ certificates: CertificateFiles) {
        if let file = certificates.authorityFile {
            // A proxy that is spoken to by TLS is of the same house.
            handle.set(CURLOPT_CAINFO, file)
            handle.set(CURLOPT_PROXY_CAINFO, file)
            // Else the system's folder of authorities would be trusted as well.
            handle.clear(CURLOPT_CAPATH)
            handle.clear(CURLOPT_PROXY_CAPATH)
        }
        if let file = certificates.clientFile { handle.set(CURLOPT_SSLCERT, file) }
        if let file = certificates.clientKeyFile { handle.set(CURLOPT_SSLKEY, file) }
    }

    /// Always says which proxy, so that libcurl does not read the environment on its own.
    private func setProxy(_ configuration: CurlTransport.Configuration) {
        let request = exchange.request
        handle.set(CURLOPT_PROXY, configuration.proxy(for: request) ?? "")
        handle.set(CURLOPT_NOPROXY, request.isLocal ? "*" : configuration.hostsWithoutProxy)
    }

    private func setMethodAndBody() {
        let request = exchange.request
        let sendsLength = ["PUT", "POST", "PATCH"].contains(request.method)
        if request.method == "HEAD" {
            handle.set(CURLOPT_NOBODY, 1)
        } else if exchange.upload != nil || sendsLength {
            // libcurl's upload adds no content type, and writes `Content-Length: 0` too.
            handle.set(CURLOPT_UPLOAD, 1)
            handle.set(CURLOPT_INFILESIZE_LARGE, sizeBytes: request.bodySizeBytes)
        }
        if request.method != "HEAD" { handle.set(CURLOPT_CUSTOMREQUEST, request.method) }
    }

    /// The headers as libcurl wants them: `Name;` for an empty value, `Name:` to leave one out.
    private func headerLines() -> [String] {
        let headers = exchange.request.headers
        var lines = headers.map { name, value in
            value.allSatisfy { $0 == " " || $0 == "\t" } ? "\(name);" : "\(name): \(value)"
        }
        // A server that knows no `Expect` would cost a second of waiting.
        lines.append("Expect:")
        // An `Accept` is the caller's to choose.
        if !headers.contains(where: { $0.name.lowercased() == "accept" }) {
            lines.append("Accept:")
        }
        return lines
    }

    private static func milliseconds(_ seconds: Double) -> Int {
        Int(min(max(seconds * 1000, 1), Double(Int32.max)))
    }

    // MARK: Callbacks

    private func setCallbacks() {
        let pointer = Unmanaged.passUnretained(self).toOpaque()
        handle.set(CURLOPT_PRIVATE, pointer)
        handle.set(CURLOPT_HEADERDATA, pointer)
        handle.set(CURLOPT_WRITEDATA, pointer)
        handle.set(CURLOPT_READDATA, pointer)
        handle.set(CURLOPT_SEEKDATA, pointer)
        handle.set(CURLOPT_PREREQDATA, pointer)
        handle.set(CURLOPT_HEADERFUNCTION) { bytes, size, count, user in
            let line = CurlTransfer.piece(bytes, size * count)
            return CurlTransfer.of(user)?.takeHeader(line) == true ? size * count : 0
        }
        handle.set(CURLOPT_WRITEFUNCTION) { bytes, size, count, user in
            switch CurlTransfer.of(user)?.takeBody(CurlTransfer.piece(bytes, size * count)) {
            case .taken: size * count
            case .full: Int(CURL_WRITEFUNC_PAUSE)
            case .unwanted, nil: Int(CURL_WRITEFUNC_ERROR)
            }
        }
        handle.set(CURLOPT_READFUNCTION) { bytes, size, count, user in
            let target = UnsafeMutableRawBufferPointer(start: bytes, count: size * count)
            return CurlTransfer.of(user)?.read(into: target) ?? Int(CURL_READFUNC_ABORT)
        }
        handle.setSeek { user, offset, origin in
            guard origin == SEEK_SET, offset >= 0, let transfer = CurlTransfer.of(user) else {
                return Int32(CURL_SEEKFUNC_FAIL)
            }
            transfer.seek(to: UInt64(offset))
            return Int32(CURL_SEEKFUNC_OK)
        }
        handle.setBeforeRequest { user, _, _, _, _ in
            CurlTransfer.of(user)?.mayBeSent() == true
                ? Int32(CURL_PREREQFUNC_OK) : Int32(CURL_PREREQFUNC_ABORT)
        }
        // Sockets must not leak into the programs that this one starts.
        handle.setOpenSocket { _, _, address in
            guard let address = address?.pointee else { return CURL_SOCKET_BAD }
            let type = address.socktype | Int32(SOCK_CLOEXEC.rawValue)
            return socket(address.family, type, address.protocol)
        }
    }

    /// The transfer behind a callback's user pointer; the loop keeps it alive while libcurl has it.
    static func of(_ user: UnsafeMutableRawPointer?) -> CurlTransfer? {
        user.map { Unmanaged<CurlTransfer>.fromOpaque($0).takeUnretainedValue() }
    }

    private static func piece(
        _ bytes: UnsafeMutablePointer<CChar>?, _ count: Int
    ) -> UnsafeBufferPointer<UInt8> {
        let raw = UnsafeRawBufferPointer(start: bytes, count: count)
        return raw.bindMemory(to: UInt8.self)
    }
}
