import HTTP
import TestSupport
import Testing

@testable import Commands

@Suite struct CloudTextTests {
    /// An account in which there is nothing.
    private static func empty(_ request: HTTPRequest) throws -> HTTPResponse {
        var body = ""
        if case .bytes(let bytes) = request.body { body = String(decoding: bytes, as: UTF8.self) }
        func xml(_ status: Int, _ text: String) -> HTTPResponse {
            HTTPResponse(
                status: status, headers: [("Content-Type", "text/xml")], body: Array(text.utf8))
        }
        if body.contains("Action=GetCallerIdentity") {
            return xml(
                200,
                "<GetCallerIdentityResponse><GetCallerIdentityResult>"
                    + "<Account>123456789012</Account><Arn>arn:aws:iam::123456789012:user/x</Arn>"
                    + "<UserId>U</UserId>"
                    + "</GetCallerIdentityResult></GetCallerIdentityResponse>")
        }
        guard let action = body.firstMatch(of: /Action=(\w+)/)?.1 else {
            return xml(200, "<ListBucketResult></ListBucketResult>")
        }
        return xml(200, "<\(action)Response><\(action)Result/></\(action)Response>")
    }

    /// An account in which nothing else is allowed than to say whose it is.
    private static func refusing(_ request: HTTPRequest) throws -> HTTPResponse {
        if case .bytes(let bytes) = request.body,
            String(decoding: bytes, as: UTF8.self).contains("Action=GetCallerIdentity")
        {
            return try empty(request)
        }
        let headers = request.headers.map { $0.name.lowercased() }
        if headers.contains("x-amz-target") {
            return HTTPResponse(
                status: 400, headers: [],
                body: Array(#"{"__type":"AccessDeniedException","message":"not allowed"}"#.utf8))
        }
        let error = "<Error><Code>AccessDenied</Code><Message>not allowed</Message></Error>"
        return HTTPResponse(
            status: 403, headers: [],
            body: Array(
                (request.url.contains("ec2")
                    ? "<Response><Errors>\(error)</Errors></Response>"
                    : request.url.contains("s3")
                        ? error : "<ErrorResponse>\(error)</ErrorResponse>")
                    .utf8))
    }

    @Test func `a doctor whom an account tells nothing`() async throws {
        let bench = try CommandBench(Self.refusing)
        try GoldenFile("doctor-refused.txt").check(await bench.run(["doctor", "MANIFEST"]).text)
    }

    @Test func `every request is told to who looks for a fault, and to nobody else`() async throws {
        let bench = try CommandBench(Self.empty)
        let told = await bench.run(["clean", "MANIFEST", "--dry-run", "--log-level", "debug"])
        let line = "debug: POST https://ec2.eu-central-1.amazonaws.com/ ec2:DescribeVolumes: 200 in"
        #expect(told.error.contains(line))
        #expect(!told.error.contains("AKIAIOSFODNN7EXAMPLE"))
        let usual = await bench.run(["clean", "MANIFEST", "--dry-run"])
        #expect(!usual.error.contains("debug:"))
        #expect(usual.output == told.output)
    }

    @Test func `nothing is left in an empty account`() async throws {
        let bench = try CommandBench(Self.empty)
        try GoldenFile("clean-nothing.txt").check(
            await bench.run(["clean", "MANIFEST", "--dry-run"]).text)
    }

    @Test func `what carries the asset's tag goes, once somebody agrees`() async throws {
        let pair = """
            <DescribeKeyPairsResponse><keySet>\
            <item><keyName>pair</keyName><keyPairId>key-1</keyPairId>\
            <createTime>2026-01-01T00:00:00.000Z</createTime>\
            <tagSet><item><key>exa_dss_id</key><value>1.0</value></item></tagSet>\
            </item></keySet></DescribeKeyPairsResponse>
            """
        let bench = try CommandBench { request in
            if case .bytes(let bytes) = request.body,
                String(decoding: bytes, as: UTF8.self).contains("Action=DescribeKeyPairs")
            {
                return HTTPResponse(status: 200, headers: [], body: Array(pair.utf8))
            }
            return try Self.empty(request)
        }
        let looked = await bench.run(["clean", "MANIFEST", "--dry-run"]).text
        let unasked = await bench.run(["clean", "MANIFEST"]).text
        try GoldenFile("clean-one.txt").check(looked + unasked)
    }
}
