import Diagnostics
import Foundation
import HTTP
import Synchronization
import TestSupport
import Testing

@testable import AWS

/// What is wrong on this side is put right for every call that is on its way, not for the first.
@Suite struct CallsInFlightTests {
    private static let count = 5

    /// Refuses requests by what they were signed with, the first ones not before all have come.
    private final class Gate: HTTPTransport {
        private let refusal: @Sendable (HTTPRequest) -> HTTPResponse?
        private let waiting = Mutex<[CheckedContinuation<Void, Never>]?>([])

        init(_ refusal: @escaping @Sendable (HTTPRequest) -> HTTPResponse?) {
            self.refusal = refusal
        }

        func send(_ request: HTTPRequest, limitBytes: Int) async throws -> HTTPResponse {
            await withCheckedContinuation { continuation in
                let free = waiting.withLock { waiting -> [CheckedContinuation<Void, Never>] in
                    guard var all = waiting else { return [continuation] }
                    all.append(continuation)
                    waiting = all.count < CallsInFlightTests.count ? all : nil
                    return waiting == nil ? all : []
                }
                for one in free { one.resume() }
            }
            if let refused = refusal(request) { return refused }
            let body =
                "<DescribeStacksResponse><DescribeStacksResult/></DescribeStacksResponse>"
            return HTTPResponse(status: 200, body: Array(body.utf8))
        }

        func stream(
            _ request: HTTPRequest, onHead: @Sendable (HTTPResponse) async throws -> Void,
            onBody: @Sendable ([UInt8]) async throws -> Void
        ) async throws -> HTTPResponse {
            throw Diagnostic(code: "test.stream", summary: "nothing is streamed here")
        }
    }

    private static func refused(
        _ code: String, _ headers: [(name: String, value: String)] = []
    ) -> HTTPResponse {
        let body = "<ErrorResponse><Error><Code>\(code)</Code></Error></ErrorResponse>"
        return HTTPResponse(status: 403, headers: headers, body: Array(body.utf8))
    }

    /// Makes the calls at once; returns how many succeeded.
    private func succeeded(
        _ transport: any HTTPTransport, _ credentials: any CredentialProvider, _ clock: TestClock
    ) async throws -> Int {
        let client = AWSClient(
            configuration: try AWSConfiguration.load(environment: [:]) { _ in nil },
            transport: transport, time: clock, credentials: credentials, jitter: { 1 })
        return await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<Self.count {
                group.addTask {
                    (try? await client.call(DescribeStacks(), region: "eu-central-1")) != nil
                }
            }
            return await group.reduce(0) { $1 ? $0 + 1 : $0 }
        }
    }

    @Test(arguments: [-7200.0, 7200])
    func `a clock that is off by two hours fails none of them`(off: Double) async throws {
        let clock = TestClock(Date(timeIntervalSince1970: 1_795_456_800 + off))
        let transport = Gate { request in
            let signed = request.headers.first { $0.name == "x-amz-date" }?.value ?? ""
            guard !signed.hasPrefix("20261123T18") else { return nil }
            return Self.refused(
                "RequestExpired", [("Date", "Mon, 23 Nov 2026 18:00:00 GMT")])
        }
        let keys = AWSCredentials(
            accessKeyId: "AK", secretAccessKey: Secret("s"), origin: "the test")
        #expect(try await succeeded(transport, FixedCredentials(keys), clock) == Self.count)
    }

    @Test func `credentials that expire fail none of them, and are fetched once more`()
        async throws
    {
        let source = CountingCredentials()
        let transport = Gate { request in
            let signed = request.headers.first { $0.name == "authorization" }?.value ?? ""
            return signed.contains("Credential=AK1/") ? Self.refused("ExpiredToken") : nil
        }
        #expect(try await succeeded(transport, source, TestClock()) == Self.count)
        #expect(await source.count == 2)
    }
}
