import AWS
import Diagnostics
import Foundation
import HTTP
import TestSupport
import Testing

@Suite struct ClientTests {
    private static let keys = FixedCredentials(
        AWSCredentials(accessKeyId: "AK", secretAccessKey: Secret("s"), origin: "the test"))

    private func client(
        _ transport: ScriptedTransport, clock: TestClock = TestClock(),
        environment: [String: String] = [:], credentials: (any CredentialProvider)? = keys
    ) throws -> AWSClient {
        AWSClient(
            configuration: try AWSConfiguration.load(environment: environment) { _ in nil },
            transport: transport, time: clock, credentials: credentials, jitter: { 1 })
    }

    private static func error(
        _ code: String, status: Int = 400, headers: [(name: String, value: String)] = []
    ) -> ScriptedTransport.Reply {
        .answer(
            HTTPResponse(
                status: status, headers: headers,
                body: Array(
                    """
                    <Response><Errors><Error><Code>\(code)</Code><Message>said so</Message>
                    </Error></Errors><RequestID>r-1</RequestID></Response>
                    """.utf8)))
    }

    private static func ok(_ xml: String) -> ScriptedTransport.Reply {
        .answer(HTTPResponse(status: 200, body: Array(xml.utf8)))
    }

    private static func lost(sent: Bool) -> ScriptedTransport.Reply {
        .failure(
            HTTPFailure(
                kind: sent ? .connectionLost : .connectionRefused, message: "gone",
                host: "h:1", requestMayHaveReachedServer: sent))
    }

    private let image = ok("<CreateImageResponse><imageId>ami-1</imageId></CreateImageResponse>")
    private let noStacks = ok(
        "<DescribeStacksResponse><DescribeStacksResult><Stacks/></DescribeStacksResult>"
            + "</DescribeStacksResponse>")

    @Test func `a safe call survives an error that passes and waits in between`() async throws {
        let clock = TestClock()
        let transport = ScriptedTransport([
            Self.error("Unavailable", status: 503), Self.lost(sent: true), noStacks,
        ])
        let page = try await client(transport, clock: clock).call(
            DescribeStacks(), region: "eu-central-1")
        #expect(page.items.isEmpty)
        #expect(clock.slept == [0.5, 1])
        #expect(transport.requests[0].url == "https://cloudformation.eu-central-1.amazonaws.com/")
    }

    @Test func `a creating call is not repeated when its fate is unknown`() async throws {
        for reply in [Self.error("InternalError", status: 500), Self.lost(sent: true)] {
            let transport = ScriptedTransport([reply])
            let error = await #expect(throws: Diagnostic.self) {
                try await client(transport).call(
                    CreateImage(instanceId: "i-1", name: "n"), region: "eu-central-1")
            }
            #expect(transport.requests.count == 1)
            #expect(error?.code == "aws.unknown-outcome")
        }
    }

    @Test func `a creating call is repeated when it was certainly not performed`() async throws {
        for reply in [Self.error("RequestLimitExceeded", status: 503), Self.lost(sent: false)] {
            let transport = ScriptedTransport([reply, image])
            let id = try await client(transport).call(
                CreateImage(instanceId: "i-1", name: "n"), region: "eu-central-1")
            #expect(id == "ami-1")
        }
    }

    @Test func `an error names the code, the request and the attempt`() async throws {
        let transport = ScriptedTransport([Self.error("UnauthorizedOperation", status: 403)])
        let error = await #expect(throws: Diagnostic.self) {
            try await client(transport).call(DescribeRegions(), region: "eu-central-1")
        }
        #expect(error?.code == "aws.UnauthorizedOperation")
        #expect(
            error?.causes == [
                "AWS ec2:DescribeRegions answered UnauthorizedOperation: said so "
                    + "(request id r-1, attempt 1 of 3)"
            ])
        #expect(error?.hint?.contains("`ec2:DescribeRegions`") == true)
    }

    @Test func `the server's wish to wait is followed`() async throws {
        let clock = TestClock()
        let transport = ScriptedTransport([
            Self.error("Throttling", headers: [("Retry-After", "7")]),
            Self.error("Throttling", headers: [("x-amz-retry-after", "9500")]), noStacks,
        ])
        _ = try await client(transport, clock: clock).call(DescribeStacks(), region: "eu-central-1")
        #expect(clock.slept == [7, 9.5])
    }

    @Test func `a wrong clock is corrected by the server's date`() async throws {
        let clock = TestClock(Date(timeIntervalSince1970: 1_790_000_000))
        let transport = ScriptedTransport([
            Self.error("RequestExpired", headers: [("Date", "Mon, 23 Nov 2026 18:00:00 GMT")]),
            noStacks, noStacks,
        ])
        let aws = try client(transport, clock: clock)
        _ = try await aws.call(DescribeStacks(), region: "eu-central-1")
        _ = try await aws.call(DescribeStacks(), region: "eu-central-1")
        let dates = transport.requests.map { request in
            request.headers.first { $0.name == "x-amz-date" }?.value
        }
        #expect(dates == ["20260921T141320Z", "20261123T180000Z", "20261123T180000Z"])
    }

    @Test func `credentials that AWS calls expired are fetched once more`() async throws {
        let source = CountingCredentials()
        let transport = ScriptedTransport([Self.error("ExpiredToken"), noStacks])
        _ = try await client(transport, credentials: source).call(
            DescribeStacks(), region: "eu-central-1")
        #expect(await source.count == 2)
        let again = ScriptedTransport([Self.error("ExpiredToken"), Self.error("ExpiredToken")])
        let error = await #expect(throws: Diagnostic.self) {
            try await client(again, credentials: source).call(
                DescribeStacks(), region: "eu-central-1")
        }
        #expect(error?.code == "aws.ExpiredToken")
    }

    @Test func `a session that has expired is a bare 400 to HEAD, and is fetched once more`()
        async throws
    {
        let source = CountingCredentials()
        let refused = ScriptedTransport.Reply.answer(HTTPResponse(status: 400))
        let transport = ScriptedTransport([
            refused,
            .answer(
                HTTPResponse(
                    status: 200, headers: [("content-length", "3"), ("etag", "\"e\"")])),
        ])
        let head = HeadObject(bucket: "bbb", key: "k")
        let found = try await client(transport, credentials: source).call(
            head, region: "eu-central-1")
        #expect(found.sizeBytes == 3)
        #expect(await source.count == 2)
        let again = ScriptedTransport([refused, refused])
        let error = await #expect(throws: Diagnostic.self) {
            try await client(again, credentials: source).call(head, region: "eu-central-1")
        }
        #expect(error?.code == "aws.BadRequest")
        #expect(again.requests.count == 2)
    }

    @Test func `an error inside a status of 200 is an error`() async throws {
        let body = "<Error><Code>InternalError</Code><Message>m</Message></Error>"
        let transport = ScriptedTransport([
            Self.ok(body),
            Self.ok("<CopyPartResult><ETag>\"e\"</ETag></CopyPartResult>"),
        ])
        let part = try await client(transport).call(
            UploadPartCopy(
                bucket: "bbb", key: "k", uploadId: "u", partNumber: 1,
                source: S3CopySource(bucket: "bbb", key: "s")),
            region: "eu-central-1")
        #expect(part.etag == "\"e\"")
        #expect(transport.requests.count == 2)
    }

    @Test func `an answer without what it must have names it`() async throws {
        let transport = ScriptedTransport([Self.ok("<CreateImageResponse/>")])
        let error = await #expect(throws: Diagnostic.self) {
            try await client(transport).call(
                CreateImage(instanceId: "i-1", name: "n"), region: "eu-central-1")
        }
        #expect(error?.isOutcomeUnknown == true)
        #expect(error?.causes.first == "`imageId` is missing in `CreateImageResponse`")
    }

    @Test func `the retry budget ends`() async throws {
        let replies = Array(repeating: Self.error("Unavailable", status: 503), count: 400)
        let transport = ScriptedTransport(replies)
        let aws = try client(transport)
        for _ in 0..<60 {
            await #expect(throws: Diagnostic.self) {
                try await aws.call(DescribeRegions(), region: "eu-central-1")
            }
        }
        // 500 tokens buy 100 repetitions; the rest of the calls get one attempt each.
        #expect(transport.requests.count == 160)
    }

    @Test func `a page's token that comes again is an error`() async throws {
        let page = Self.ok(
            "<DescribeInstancesResponse><instancesSet/><nextToken>t</nextToken>"
                + "</DescribeInstancesResponse>")
        let transport = ScriptedTransport([page, page])
        let error = await #expect(throws: Diagnostic.self) {
            try await client(transport).all(DescribeInstances(), region: "eu-central-1")
        }
        #expect(error?.code == "aws.pages")
    }
}
