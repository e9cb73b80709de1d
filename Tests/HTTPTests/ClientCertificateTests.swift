import Diagnostics
import HTTP
import TestSupport
import Testing

/// The certificates that one request brings along.
@Suite(.timeLimit(.minutes(30)))
struct ClientCertificateTests {
    @Test func `a server that asks who is there sees the request's own certificate`() async throws {
        let server = try await TLSServer.start(asksForCertificate: true)
        var request = HTTPRequest(method: "GET", url: server.url)
        request.certificates = CertificateFiles(
            authorityFile: server.certificateFile, clientFile: server.certificateFile,
            clientKeyFile: server.keyFile)
        let transport = CurlTransport.forTests()
        #expect(try await transport.send(request, limitBytes: 1 << 20).status == 200)
        request.certificates?.clientFile = nil
        request.certificates?.clientKeyFile = nil
        let failure = try await failure { try await transport.send(request, limitBytes: 1 << 20) }
        #expect([.tls, .connectionLost].contains(failure.kind))
        await transport.close()
    }

    @Test func `the request's authority is trusted, and by that request alone`() async throws {
        let server = try await TLSServer.start()
        var request = HTTPRequest(method: "GET", url: server.url)
        request.certificates = CertificateFiles(authorityFile: server.certificateFile)
        let transport = CurlTransport.forTests()
        #expect(try await transport.send(request, limitBytes: 1 << 20).status == 200)
        let failure = try await failure { try await transport.get(server.url) }
        #expect(failure.kind == .tls)
        await transport.close()
    }
}
