import HTTP
import TestSupport
import Testing

/// Which proxy is asked for what, and which certificate authorities are trusted.
@Suite(.timeLimit(.minutes(30)))
struct ProxyTests {
    private func configuration(_ environment: [String: String]) -> CurlTransport.Configuration {
        CurlTransport.Configuration(version: "1", environment: environment)
    }

    @Test func `the environment is read as curl reads it`() {
        let all = configuration([
            "http_proxy": "a", "HTTP_PROXY": "b", "HTTPS_PROXY": "c", "https_proxy": "",
            "ALL_PROXY": "d", "NO_PROXY": "e", "CURL_CA_BUNDLE": "f", "SSL_CERT_FILE": "g",
            "SSL_CERT_DIR": "h",
        ])
        #expect(all.plainProxy == "a")
        #expect(all.secureProxy == "c")
        #expect(all.hostsWithoutProxy == "e")
        #expect(all.certificateAuthorityFile == "f")
        #expect(all.certificateAuthorityFolder == nil)
        let some = configuration([
            "HTTP_PROXY": "b", "SSL_CERT_FILE": "g", "SSL_CERT_DIR": "h",
        ])
        #expect(some.plainProxy == nil)
        #expect(some.secureProxy == nil)
        #expect(some.certificateAuthorityFile == "g")
        #expect(some.certificateAuthorityFolder == "h")
    }

    @Test func `a plain request goes through the proxy with its whole URL`() async throws {
        let proxy = try LoopbackServer.answering { _ in answer("by proxy") }
        let transport = CurlTransport.forTests(environment: ["http_proxy": proxy.url])
        let response = try await transport.get("http://s3.example/a/../b?c")
        #expect(response.body == Array("by proxy".utf8))
        #expect(proxy.requests.first?.requestLine == "GET http://s3.example/a/../b?c HTTP/1.1")
    }

    @Test func `a secure request asks the proxy for a tunnel`() async throws {
        let proxy = try LoopbackServer { connection in
            _ = try connection.receiveRequest()
            try connection.send("HTTP/1.1 407 Who are you\r\nContent-Length: 0\r\n\r\n")
        }
        let transport = CurlTransport.forTests(environment: ["HTTPS_PROXY": proxy.url])
        let failure = try await failure { try await transport.get("https://s3.example/?secret") }
        #expect(!failure.requestMayHaveReachedServer)
        let head = try #require(proxy.requests.first?.head)
        #expect(head.hasPrefix("CONNECT s3.example:443 HTTP/1.1"))
        #expect(!head.contains("secret"))
    }

    @Test func `this machine is reached without a proxy`() async throws {
        let server = try LoopbackServer.answering { _ in answer("direct") }
        let transport = CurlTransport.forTests(environment: [
            "http_proxy": "http://127.0.0.1:1", "ALL_PROXY": "http://127.0.0.1:1",
        ])
        for host in ["127.0.0.1", "localhost", "LOCALHOST"] {
            let response = try await transport.get("http://\(host):\(server.port)/")
            #expect(response.body == Array("direct".utf8))
        }
    }

    @Test func `an exempt host is reached without a proxy`() async throws {
        let transport = CurlTransport.forTests(environment: [
            "http_proxy": "http://127.0.0.1:1", "NO_PROXY": ".example,nowhere.invalid",
        ])
        let failure = try await failure { try await transport.get("http://nowhere.invalid/") }
        #expect(failure.kind == .nameNotResolved)
        let other = try await HTTPTests.failure { try await transport.get("http://x.invalid/") }
        #expect(other.kind == .connectionRefused)
    }
}
