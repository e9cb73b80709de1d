import AWS
import Diagnostics
import JSON
import Testing

@testable import Releasing

@Suite struct BuildNeedsTests {
    private static func secret(_ value: String, _ type: String? = "SECRETS_MANAGER") -> BuildSecret?
    {
        BuildSecret(.init(name: "TOKEN", value: value, type: type))
    }

    private static func asked(_ name: String, _ value: String) -> [String: String] {
        ["body": "{\"\(name)\":\"\(value)\"}"]
    }

    @Test func `a secret is what stands before its member and version`() {
        let arn = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:team/x-AbCdEf"
        for (value, id) in [
            ("team/x", "team/x"), ("team/x:member", "team/x"), ("team/x:m:AWSCURRENT:v", "team/x"),
            (arn, arn), (arn + ":member", arn),
        ] {
            #expect(Self.secret(value)?.id == id)
        }
        #expect(Self.secret("/a/b:3", "PARAMETER_STORE")?.id == "/a/b:3")
        #expect(Self.secret("text", "PLAINTEXT") == nil)
        #expect(Self.secret("text", nil) == nil)
    }

    @Test func `what is not there, or about to go, is told with its remedy`() async throws {
        let bench = StageBench()
        let region = StageBench.region
        bench.aws.on("DescribeSecret", Self.asked("SecretId", "there"), .json(["Name": "there"]))
        bench.aws.on(
            "DescribeSecret", Self.asked("SecretId", "ending"),
            .json(["Name": "ending", "DeletedDate": .number(1.5)]))
        bench.aws.on(
            "DescribeSecret", Self.asked("SecretId", "gone"),
            .error("aws.ResourceNotFoundException"))
        bench.aws.on(
            "DescribeSecret", Self.asked("SecretId", "hidden"), .error("aws.AccessDeniedException"))
        bench.aws.on("GetParameter", Self.asked("Name", "/p"), .error("aws.ParameterNotFound"))
        for (value, type, presence) in [
            ("there", "SECRETS_MANAGER", BuildSecret.Presence.there),
            ("ending", "SECRETS_MANAGER", .ending), ("gone", "SECRETS_MANAGER", .missing),
            ("hidden", "SECRETS_MANAGER", .hidden), ("/p", "PARAMETER_STORE", .missing),
        ] {
            let secret = try #require(Self.secret(value, type))
            let found = try await secret.look(bench.aws, region: region)
            #expect(found == presence)
            let isBad = presence == .missing || presence == .ending
            #expect((secret.complaint(found, region: region) != nil) == isBad)
        }
    }

    @Test func `the shipped template's secrets are known, with parameters or their defaults`() {
        let text = """
            Parameters:
              First:
                Type: String
                Default: team/first
              Second:
                Type: String
                Default: ""
            Resources:
              Project:
                Type: AWS::CodeBuild::Project
                  - Name: A
                    Type: SECRETS_MANAGER
                    Value: !Ref First # a comment
                  - Name: B
                    Type: SECRETS_MANAGER
                    Value: !Ref Second
                  - Name: C
                    Type: PLAINTEXT
                    Value: x
                  - Name: D
                    Type: PARAMETER_STORE
                    Value: /fixed
            """
        let template = BuildTemplate(text)
        #expect(template.isProject && !template.makesWebhook)
        #expect(template.secrets([:]).map(\.id) == ["team/first", "/fixed"])
        #expect(template.secrets(["Second": "b", "First": "a"]).map(\.id) == ["a", "b", "/fixed"])
    }
}
