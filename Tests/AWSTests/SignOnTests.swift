import AWS
import Diagnostics
import Foundation
import HTTP
import JSON
import Synchronization
import TestSupport
import Testing

/// What `aws sso login` and `aws login` leave, and what becomes of it.
@Suite struct SignOnTests {
    private static let config = """
        [profile p]
        sso_session = s
        sso_account_id = 111111111111
        sso_role_name = reader
        [sso-session s]
        sso_region = eu-west-2
        sso_start_url = https://one
        [profile l]
        login_session = arn:aws:iam::1:user/one
        """
    private static let cache = "/h/.aws/sso/cache/a0f1490a20d0211c997b44bc357e1972deab8ae3.json"

    /// The world of one test: files that are read, and those that were written.
    private final class World: Sendable {
        let transport: ScriptedTransport
        let written = Mutex<[String: String]>([:])
        let files: [String: String]
        /// What the files are once something was asked for.
        let later: [String: String]

        init(
            _ files: [String: String], _ bodies: [(status: Int, text: String)] = [],
            later: [String: String] = [:]
        ) {
            self.files = files.merging(["/h/.aws/config": SignOnTests.config]) { $1 }
            self.later = later
            transport = ScriptedTransport(
                bodies.map {
                    .answer(HTTPResponse(status: $0.status, body: Array($0.text.utf8)))
                })
        }

        func credentials(_ profile: String = "p") async throws -> AWSCredentials {
            let configuration = try AWSConfiguration.load(
                environment: ["HOME": "/h", "AWS_CA_BUNDLE": "/ca"], profile: profile,
                readFile: { path in
                    let isLater = !self.transport.requests.isEmpty
                    return (isLater ? self.later[path] : nil) ?? self.files[path]
                },
                writeFile: { bytes, path in
                    self.written.withLock { $0[path] = String(decoding: bytes, as: UTF8.self) }
                })
            return try await AWSClient(
                configuration: configuration, transport: transport, time: TestClock()
            ).currentCredentials()
        }
    }

    private static let role = """
        {"roleCredentials": {"accessKeyId": "AKS", "secretAccessKey": "s", "sessionToken": "t",
        "expiration": 1790010000000}}
        """

    private static let registration = """
        , "clientId": "c", "clientSecret": "s", "refreshToken": "r", "startUrl": "https://one",
        "region": "eu-west-2", "registrationExpiresAt": "2026-12-01T00:00:00Z"
        """

    private static func token(_ end: String, more: String = "") -> [String: String] {
        [cache: "{\"accessToken\": \"old\", \"expiresAt\": \"\(end)\"\(more)}"]
    }

    @Test func `a token is shown to the portal, over the AWS connection's authorities`()
        async throws
    {
        let world = World(Self.token("2026-12-01T00:00:00UTC"), [(200, Self.role)])
        let found = try await world.credentials()
        #expect(found.accessKeyId == "AKS")
        #expect(found.expiration == Date(timeIntervalSince1970: 1_790_010_000))
        let request = try #require(world.transport.requests.first)
        #expect(request.url.hasPrefix("https://portal.sso.eu-west-2.amazonaws.com/federation/"))
        #expect(request.headers.contains { $0 == ("x-amz-sso_bearer_token", "old") })
        #expect(request.certificates == CertificateFiles(authorityFile: "/ca"))
        #expect(world.written.withLock { $0.isEmpty })
    }

    @Test func `a token about to end is renewed, and its file is written for all`() async throws {
        let world = World(
            Self.token("2001-01-01T00:00:00Z", more: Self.registration),
            [
                (200, #"{"accessToken": "new", "expiresIn": 3600, "refreshToken": "r2"}"#),
                (200, Self.role),
            ])
        #expect(try await world.credentials().accessKeyId == "AKS")
        #expect(world.transport.requests[0].url == "https://oidc.eu-west-2.amazonaws.com/token")
        #expect(
            world.transport.requests[1].headers.contains { $0 == ("x-amz-sso_bearer_token", "new") }
        )
        let text = try #require(world.written.withLock { $0[Self.cache] })
        let written = try JSONValue.parse(Array(text.utf8), source: "cache")
        #expect(
            written == [
                "accessToken": "new", "expiresAt": "2026-09-21T15:13:20Z", "clientId": "c",
                "clientSecret": "s", "refreshToken": "r2", "startUrl": "https://one",
                "region": "eu-west-2", "registrationExpiresAt": "2026-12-01T00:00:00Z",
            ])
    }

    @Test func `a renewal that another program made is taken`() async throws {
        let world = World(
            Self.token("2001-01-01T00:00:00Z", more: Self.registration),
            [(400, #"{"error": "invalid_grant"}"#), (200, Self.role)],
            later: [Self.cache: #"{"accessToken": "other", "expiresAt": "2026-12-01T00:00:00Z"}"#])
        #expect(try await world.credentials().accessKeyId == "AKS")
        let headers = world.transport.requests[1].headers
        #expect(headers.contains { $0 == ("x-amz-sso_bearer_token", "other") })
        #expect(world.written.withLock { $0.isEmpty })
    }

    @Test func `why a token cannot be renewed is told`() async throws {
        let world = World(
            Self.token("2001-01-01T00:00:00Z", more: Self.registration),
            [(400, #"{"error": "invalid_grant"}"#)])
        let error = await #expect(throws: Diagnostic.self) { try await world.credentials() }
        #expect(error?.causes.contains { $0.hasPrefix("it cannot be renewed: ") } == true)
        #expect(error?.hint?.contains("aws sso login --profile p") == true)
    }

    @Test(arguments: ["9223372036854775807", "-1"])
    func `no time of a foreign answer is too long`(seconds: String) async throws {
        let world = World(
            Self.token("2001-01-01T00:00:00Z", more: Self.registration),
            [(200, "{\"accessToken\": \"new\", \"expiresIn\": \(seconds)}"), (200, Self.role)])
        #expect(try await world.credentials().accessKeyId == "AKS")
    }

    @Test(arguments: [
        (token("2001-01-01T00:00:00Z"), []), ([:], []), ([cache: "{}"], []),
        (token("2026-12-01T00:00:00Z"), [(401, #"{"message": "Session token not found"}"#)]),
    ])
    func `where nobody is signed on, the error says how to sign on`(
        _ files: [String: String], _ answers: [(Int, String)]
    ) async throws {
        let answers = answers.map { (status: $0.0, text: $0.1) }
        let error = await #expect(throws: Diagnostic.self) {
            try await World(files, answers).credentials()
        }
        #expect(error?.code == "aws.credentials")
        #expect(error?.hint?.contains("aws sso login --profile p") == true)
    }

    @Test func `what aws login has left is used while it is good`() async throws {
        let name = "dc2c13f180e9926887f96cfae6af7d6b6ae3ca26516ef3475c59ed9fd76e3fdb"
        func file(_ end: String) -> [String: String] {
            [
                "/h/.aws/login/cache/\(name).json": """
                {"accessToken": {"accessKeyId": "AKL", "secretAccessKey": "s",
                "sessionToken": "t", "expiresAt": "\(end)"}}
                """
            ]
        }
        #expect(
            try await World(file("2026-12-01T00:00:00Z")).credentials("l").accessKeyId == "AKL")
        let error = await #expect(throws: Diagnostic.self) {
            try await World(file("2001-01-01T00:00:00Z")).credentials("l")
        }
        #expect(error?.hint?.contains("aws login --profile l") == true)
    }
}
