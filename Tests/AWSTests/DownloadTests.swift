import AWS
import Diagnostics
import HTTP
import Synchronization
import TestSupport
import Testing

@Suite struct DownloadTests {
    private let head: [(name: String, value: String)] = [
        ("content-length", "6"), ("etag", "\"e\""),
    ]
    private let lost = HTTPFailure(
        kind: .connectionLost, message: "gone", host: "h", requestMayHaveReachedServer: true)

    private func download(
        _ transport: ScriptedTransport, range: String? = nil
    ) async throws -> (head: S3ObjectHead, text: String) {
        let aws = AWSClient(
            configuration: try AWSConfiguration.load(environment: [:]) { _ in nil },
            transport: transport, time: TestClock(),
            credentials: FixedCredentials(
                AWSCredentials(accessKeyId: "AK", secretAccessKey: Secret("s"), origin: "test")))
        let received = Mutex<[UInt8]>([])
        let object = try await aws.download(
            GetObject(bucket: "bbb", key: "k", range: range), region: "eu-central-1"
        ) { piece in received.withLock { $0 += piece } }
        return (object.head, String(decoding: received.withLock { $0 }, as: UTF8.self))
    }

    @Test func `a broken download goes on where it broke off`() async throws {
        let transport = ScriptedTransport([
            .broken(
                HTTPResponse(status: 200, headers: head), pieces: [Array("ab".utf8)], lost),
            .broken(
                HTTPResponse(status: 206, headers: head), pieces: [Array("cd".utf8)], lost),
            .answer(HTTPResponse(status: 206, headers: head, body: Array("ef".utf8))),
        ])
        let got = try await download(transport)
        #expect(got.text == "abcdef")
        #expect(got.head.sizeBytes == 6)
        let last = transport.requests[2].headers
        #expect(last.first { $0.name == "range" }?.value == "bytes=4-")
        #expect(last.first { $0.name == "if-match" }?.value == "\"e\"")
    }

    @Test func `a server that begins again is refused`() async throws {
        let transport = ScriptedTransport([
            .broken(
                HTTPResponse(status: 200, headers: head), pieces: [Array("ab".utf8)], lost),
            .answer(HTTPResponse(status: 200, headers: head, body: Array("abcdef".utf8))),
        ])
        let error = await #expect(throws: Diagnostic.self) { try await download(transport) }
        #expect(error?.code == "aws.download")
    }

    @Test func `a refusal is an error and no piece of the object`() async throws {
        let transport = ScriptedTransport([
            .answer(
                HTTPResponse(
                    status: 404, headers: [],
                    body: Array("<Error><Code>NoSuchKey</Code></Error>".utf8)))
        ])
        let error = await #expect(throws: Diagnostic.self) { try await download(transport) }
        #expect(error?.code == "aws.NoSuchKey")
    }

    @Test func `a part is gone on with behind its last byte`() async throws {
        let transport = ScriptedTransport([
            .broken(
                HTTPResponse(status: 206, headers: head), pieces: [Array("ab".utf8)], lost),
            .answer(HTTPResponse(status: 206, headers: head, body: Array("cd".utf8))),
        ])
        let got = try await download(transport, range: "bytes=4-7")
        #expect(got.text == "abcd")
        let ranges = transport.requests.map {
            $0.headers.filter { $0.name == "range" }.map(\.value)
        }
        #expect(ranges == [["bytes=4-7"], ["bytes=6-7"]])
        // What is asked for differs, and so does what is signed.
        let signatures = transport.requests.map { request in
            request.headers.first { $0.name == "authorization" }?.value
        }
        #expect(Set(signatures).count == 2)
    }

    @Test func `no byte of a proxy's page gets into the object`() async throws {
        let page = HTTPResponse(
            status: 200, headers: [("content-length", "6")], body: Array("<html>".utf8))
        let transport = ScriptedTransport([
            .answer(page),
            .answer(HTTPResponse(status: 200, headers: head, body: Array("abcdef".utf8))),
        ])
        #expect(try await download(transport).text == "abcdef")
    }
}
