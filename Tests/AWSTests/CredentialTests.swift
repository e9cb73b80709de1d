import AWS
import Diagnostics
import Foundation
import HTTP
import TestSupport
import Testing

@Suite struct CredentialTests {
    /// Everything that credentials may come from, as a test sets it up.
    private struct World {
        var environment: [String: String] = ["HOME": "/h", "AWS_EC2_METADATA_DISABLED": "true"]
        var files: [String: String] = [:]
        var profile: String?
        var replies: [ScriptedTransport.Reply] = []
        var program: ScriptedProcessRunner.Reply?
        let clock = TestClock()

        func client() throws -> (
            aws: AWSClient, transport: ScriptedTransport, processes: ScriptedProcessRunner
        ) {
            let (files, program) = (files, program)
            let transport = ScriptedTransport(replies)
            let processes = ScriptedProcessRunner { command in
                try #require(program, "\(command.executable) was not expected")
            }
            let aws = AWSClient(
                configuration: try AWSConfiguration.load(
                    environment: environment, profile: profile
                ) { files[$0] }, transport: transport, time: clock, processes: processes)
            return (aws, transport, processes)
        }

        func key() async throws -> String {
            try await client().aws.currentCredentials().accessKeyId
        }
    }

    private static func role(_ key: String, action: String = "AssumeRole")
        -> ScriptedTransport.Reply
    {
        .answer(
            HTTPResponse(
                status: 200,
                body: Array(
                    """
                    <\(action)Response><\(action)Result><Credentials><AccessKeyId>\(key)\
                    </AccessKeyId><SecretAccessKey>x</SecretAccessKey><SessionToken>t\
                    </SessionToken><Expiration>2026-09-21T15:13:20Z</Expiration></Credentials>\
                    </\(action)Result></\(action)Response>
                    """.utf8)))
    }

    private static func text(_ text: String, status: Int = 200) -> ScriptedTransport.Reply {
        .answer(HTTPResponse(status: status, body: Array(text.utf8)))
    }

    private static let json = """
        {"Version": 1, "AccessKeyId": "AKJ", "SecretAccessKey": "s", "SessionToken": "t",
         "Token": "t", "Expiration": "2026-09-21T16:13:20+01:00"}
        """

    private func form(_ request: HTTPRequest) -> String {
        guard case .bytes(let bytes) = request.body else { return "" }
        return String(decoding: bytes, as: UTF8.self)
    }

    @Test func `keys in the environment come first, unless a profile is named`() async throws {
        var world = World()
        world.environment["AWS_ACCESS_KEY_ID"] = "AKE"
        world.environment["AWS_SECRET_ACCESS_KEY"] = "s"
        world.files["/h/.aws/credentials"] =
            "[p]\naws_access_key_id = AKP\naws_secret_access_key = s"
        #expect(try await world.key() == "AKE")
        world.environment["AWS_PROFILE"] = "p"
        #expect(try await world.key() == "AKE")
        world.profile = "p"
        #expect(try await world.key() == "AKP")
    }

    @Test func `half a key pair is an error`() async throws {
        var world = World()
        world.environment["AWS_ACCESS_KEY_ID"] = "AKE"
        let error = await #expect(throws: Diagnostic.self) { try await world.key() }
        #expect(error?.code == "aws.credentials")
    }

    @Test func `nothing anywhere names every place that was looked at`() async throws {
        let error = await #expect(throws: Diagnostic.self) { try await World().key() }
        #expect(error?.code == "aws.no-credentials")
        #expect(error?.severity == .configuration)
        #expect((error?.causes.count ?? 0) >= 5)
        #expect(error?.causes.contains { $0.contains("/h/.aws/config") } == true)
    }

    @Test func `a profile that does not exist names those that do`() throws {
        var world = World()
        world.files["/h/.aws/config"] = "[profile one]\nregion = eu-west-1"
        world.profile = "two"
        let error = #expect(throws: Diagnostic.self) { try world.client() }
        #expect(error?.code == "aws.profile-not-found")
        #expect(error?.causes.last == "they hold `one`")
    }

    @Test func `roles are assumed along a chain of profiles`() async throws {
        var world = World()
        world.files["/h/.aws/config"] = """
            [profile a]
            role_arn = arn:a
            source_profile = b
            external_id = ext
            duration_seconds = 1800
            role_session_name = me
            [profile b]
            role_arn = arn:b
            source_profile = c
            [profile c]
            aws_access_key_id = AKC
            aws_secret_access_key = s
            """
        world.profile = "a"
        world.replies = [Self.role("AKB"), Self.role("AKA")]
        let (aws, transport, _) = try world.client()
        #expect(try await aws.currentCredentials().accessKeyId == "AKA")
        #expect(form(transport.requests[0]).contains("RoleArn=arn%3Ab"))
        let last = form(transport.requests[1])
        for field in [
            "RoleArn=arn%3Aa", "ExternalId=ext", "DurationSeconds=1800", "RoleSessionName=me",
        ] {
            #expect(last.contains(field))
        }
        let signed = transport.requests.map { request in
            request.headers.first { $0.name == "authorization" }?.value ?? ""
        }
        #expect(signed[0].contains("Credential=AKC/") && signed[1].contains("Credential=AKB/"))
    }

    @Test func `profiles in a circle, MFA and a missing source are errors`() async throws {
        let chain = (0..<1000).map {
            "[profile p\($0)]\nrole_arn = r\nsource_profile = p\($0 + 1)\n"
        }.joined()
        for (text, word) in [
            ("role_arn = r\nsource_profile = p0\n\(chain)", "more than 20"),
            (
                "role_arn = r\nsource_profile = q\n[profile q]\nrole_arn = r\nsource_profile = p",
                "circle"
            ), ("role_arn = r\nsource_profile = p\nmfa_serial = m", "mfa_serial"),
            ("role_arn = r", "source_profile"), ("role_arn = r\ncredential_source = X", "`X`"),
            ("sso_role_name = r", "sso_account_id"),
            ("role_arn = r\nsource_profile = z", "not there"),
        ] {
            var world = World()
            world.files["/h/.aws/config"] = "[profile p]\n\(text)"
            world.profile = "p"
            let error = await #expect(throws: Diagnostic.self) { try await world.key() }
            #expect(error?.severity == .configuration, "\(text)")
            if word != "not there" {
                #expect(error?.description.contains(word) == true, "\(text)")
            } else {
                #expect(error?.code == "aws.profile-not-found")
            }
        }
    }

    @Test func `a program's credentials are read, and its words split as a shell would`()
        async throws
    {
        var world = World()
        world.files["/h/.aws/config"] = "[default]\ncredential_process = /bin/x 'a b' \"c\\\"d\" e"
        world.program = ScriptedProcessRunner.Reply(lines: [Self.json])
        let (aws, _, processes) = try world.client()
        let found = try await aws.currentCredentials()
        #expect(found.accessKeyId == "AKJ")
        #expect(found.expiration == Date(timeIntervalSince1970: 1_790_003_600))
        #expect(processes.commands.first?.arguments == ["a b", "c\"d", "e"])
        world.program = ScriptedProcessRunner.Reply(status: 3, standardErrorTail: "log in first")
        let error = await #expect(throws: Diagnostic.self) { try await world.key() }
        #expect(error?.description.contains("log in first") == true)
    }

    @Test func `a web identity's token is exchanged without a signature`() async throws {
        var world = World()
        world.environment["AWS_WEB_IDENTITY_TOKEN_FILE"] = "/t"
        world.environment["AWS_ROLE_ARN"] = "arn:r"
        world.files["/t"] = "jwt"
        world.replies = [Self.role("AKW", action: "AssumeRoleWithWebIdentity")]
        let (aws, transport, _) = try world.client()
        #expect(try await aws.currentCredentials().accessKeyId == "AKW")
        #expect(form(transport.requests[0]).contains("WebIdentityToken=jwt"))
        #expect(!transport.requests[0].headers.contains { $0.name == "authorization" })
    }

    @Test func `a container's endpoint is asked with its token, but not any host`() async throws {
        var world = World()
        world.environment["AWS_CONTAINER_CREDENTIALS_FULL_URI"] = "http://127.0.0.1:81/x"
        world.environment["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"] = "/t"
        world.files["/t"] = "bearer"
        world.replies = [Self.text("busy", status: 503), Self.text(Self.json)]
        let (aws, transport, _) = try world.client()
        #expect(try await aws.currentCredentials().accessKeyId == "AKJ")
        #expect(transport.requests[0].headers.contains { $0 == ("authorization", "bearer") })
        for url in [
            "http://evil.example/x", "http://127.0.0.1.evil.example/", "http://1270.0.0.1/",
            "http://127.0.0.1@evil.example/", "ftp://127.0.0.1/",
        ] {
            world.environment["AWS_CONTAINER_CREDENTIALS_FULL_URI"] = url
            let error = await #expect(throws: Diagnostic.self) { try await world.key() }
            #expect(error?.code == "aws.credentials", "\(url)")
        }
    }

    @Test func `the metadata service is asked with a token, and once until it expires`()
        async throws
    {
        var world = World()
        world.environment["AWS_EC2_METADATA_DISABLED"] = nil
        let round = [Self.text("tok"), Self.text("role one\n"), Self.text(Self.json)]
        world.replies = round + round
        let (aws, transport, _) = try world.client()
        async let first = aws.currentCredentials()
        async let second = aws.currentCredentials()
        #expect(try await [first, second].map(\.accessKeyId) == ["AKJ", "AKJ"])
        #expect(transport.requests.count == 3)
        #expect(transport.requests[2].url.hasSuffix("/security-credentials/role%20one"))
        #expect(transport.requests.allSatisfy { $0.totalTimeoutSeconds <= 5 })
        try await world.clock.sleep(seconds: 3400)
        _ = try await aws.currentCredentials()
        #expect(transport.requests.count == 6)
    }

    @Test func `credentials that cannot be renewed serve until they expire`() async throws {
        var world = World()
        world.environment["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"] = "/x"
        let refusals = Array(repeating: Self.text("no", status: 400), count: 2)
        world.replies = [Self.text(Self.json)] + refusals
        let (aws, _, _) = try world.client()
        _ = try await aws.currentCredentials()
        try await world.clock.sleep(seconds: 3400)
        #expect(try await aws.currentCredentials().accessKeyId == "AKJ")
        try await world.clock.sleep(seconds: 300)
        await #expect(throws: Diagnostic.self) { try await aws.currentCredentials() }
    }
}
