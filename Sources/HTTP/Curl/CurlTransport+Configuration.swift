extension CurlTransport {
    /// What all requests of a transport share.
    package struct Configuration: Sendable {
        /// Sent with each request that names none itself.
        package var userAgent: String
        /// PEM file of the certificate authorities to trust; nil for the system's.
        package var certificateAuthorityFile: String?
        /// Folder of hashed certificate authorities; nil for the system's.
        package var certificateAuthorityFolder: String?
        /// Requests to one host at a time, and so connections; further ones wait their turn.
        package var connectionsPerHost = 64
        /// Proxy for `http` URLs.
        package var plainProxy: String?
        /// Proxy for `https` URLs.
        package var secureProxy: String?
        /// In the notation of `NO_PROXY`.
        package var hostsWithoutProxy: String

        /// Reads proxies and certificate authorities from the environment as the tool `curl` does.
        ///
        /// `HTTP_PROXY` in capitals is not read: a web server sets it from a request's header.
        /// Source: <https://curl.se/libcurl/c/CURLOPT_PROXY.html>,
        /// <https://curl.se/docs/sslcerts.html>
        ///
        /// - Parameters:
        ///   - version: this program's, for `User-Agent: dssbatch/<version>`.
        ///   - environment: the process's variables.
        package init(version: String, environment: [String: String]) {
            let first = { (names: String...) in
                names.lazy.compactMap { environment[$0] }.first { !$0.isEmpty }
            }
            userAgent = "dssbatch/\(version)"
            plainProxy = first("http_proxy", "all_proxy", "ALL_PROXY")
            secureProxy = first("https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY")
            hostsWithoutProxy = first("no_proxy", "NO_PROXY") ?? ""
            if let file = first("CURL_CA_BUNDLE") {
                certificateAuthorityFile = file
            } else {
                certificateAuthorityFile = first("SSL_CERT_FILE")
                certificateAuthorityFolder = first("SSL_CERT_DIR")
            }
        }

        /// The proxy for a request; nil for none.
        ///
        /// This machine and its link's metadata service are never asked through a proxy.
        func proxy(for request: HTTPRequest) -> String? {
            if request.isLocal { return nil }
            return request.url.lowercased().hasPrefix("https://") ? secureProxy : plainProxy
        }
    }
}
