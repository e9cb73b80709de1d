import Diagnostics
import Foundation
import HTTP
import TestSupport
import Testing

/// Failures are told apart, and say whether the server may have seen the request.
@Suite(.timeLimit(.minutes(30)))
struct FailureTests {
    let transport = CurlTransport.forTests()

    @Test func `a port where nothing listens`() async throws {
        let server = try LoopbackServer(accepts: false) { _ in }
        server.stop()
        let failure = try await failure { try await transport.get(server.url + "/?secret=1") }
        #expect(failure.kind == .connectionRefused)
        #expect(!failure.requestMayHaveReachedServer)
        #expect(failure.host == "127.0.0.1:\(server.port)")
        #expect(!failure.message.contains("secret"))
        let told = FailureWords(area: "x", call: "c", server: "s").lost(
            failure, attempt: "attempt 1", isOutcomeUnknown: false)
        #expect(told.code == "x.unreachable")
        #expect(told.causes == ["\(failure.message) (connection-refused, attempt 1)"])
    }

    @Test func `a name that stands for no address`() async throws {
        var request = HTTPRequest(method: "GET", url: "http://nowhere.invalid/")
        request.connectTimeoutSeconds = 20
        let failure = try await failure { try await transport.send(request, limitBytes: 1) }
        #expect(failure.kind == .nameNotResolved)
        #expect(!failure.requestMayHaveReachedServer)
    }

    @Test(
        arguments: [
            "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nsome",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nsome",
        ], [true, false])
    func `a body that ends too early`(bytes: String, isReset: Bool) async throws {
        let server = try LoopbackServer { connection in
            _ = try connection.receiveRequest()
            try connection.send(bytes)
            Thread.sleep(forTimeInterval: 0.1)
            if isReset { connection.reset() }
        }
        let failure = try await failure { try await transport.get(server.url) }
        #expect(failure.kind == .connectionLost)
        #expect(failure.requestMayHaveReachedServer)
    }

    @Test func `a server that hangs up in the middle of an upload`() async throws {
        let server = try LoopbackServer { connection in
            _ = try connection.receiveHead()
            _ = try connection.receive(limit: 1000)
            connection.reset()
        }
        let request = HTTPRequest(
            method: "PUT", url: server.url, body: .bytes([UInt8](repeating: 1, count: 9_000_000)))
        let failure = try await failure { try await transport.send(request, limitBytes: 1) }
        #expect(failure.kind == .connectionLost)
        #expect(failure.requestMayHaveReachedServer)
    }

    @Test func `a server that speaks no TLS`() async throws {
        let server = try LoopbackServer { connection in
            _ = try connection.receive(limit: 1000)
            try connection.send("HTTP/1.1 400 Bad Request\r\n\r\n")
        }
        let url = "https://127.0.0.1:\(server.port)/"
        let failure = try await failure { try await transport.get(url) }
        #expect(failure.kind == .tls)
        #expect(!failure.requestMayHaveReachedServer)
    }

    @Test(arguments: [false, true])
    func `a connection that breaks in the handshake was no connection`(isReset: Bool) async throws {
        let server = try LoopbackServer { connection in
            _ = try connection.receive(limit: 1000)
            if isReset { connection.reset() }
        }
        let url = "https://127.0.0.1:\(server.port)/"
        let failure = try await failure { try await transport.get(url) }
        #expect(failure.kind == .connectionRefused, "\(failure)")
        #expect(!failure.requestMayHaveReachedServer)
    }

    @Test func `a certificate is trusted only by its authority`() async throws {
        let server = try await TLSServer.start()
        let unknown = try await failure { try await transport.get(server.url) }
        #expect(unknown.kind == .tls)
        #expect(!unknown.requestMayHaveReachedServer)
        var own = HTTPRequest(method: "GET", url: server.url)
        own.certificates = CertificateFiles(authorityFile: server.certificateFile)
        #expect(try await transport.send(own, limitBytes: 1 << 20).status == 200)
        for variable in ["CURL_CA_BUNDLE", "SSL_CERT_FILE"] {
            let told = CurlTransport.forTests(environment: [variable: server.certificateFile])
            #expect(try await told.get(server.url).status == 200)
        }
        let missing = CurlTransport.forTests(environment: ["CURL_CA_BUNDLE": "/nowhere.pem"])
        let failure = try await failure { try await missing.get(server.url) }
        #expect(failure.kind == .tls)
    }
}
