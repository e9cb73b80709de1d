import AWS
import Testing

@Suite struct CallerHintTests {
    private static let config = """
        [default]
        aws_access_key_id = AKIADEFAULT
        aws_secret_access_key = s
        [profile known]
        aws_account_id = 111111111111
        credential_process = /bin/false
        [profile single]
        sso_account_id = 222222222222
        sso_start_url = https://x
        [profile role]
        role_arn = arn:aws:iam::333333333333:role/path/x
        source_profile = known
        aws_account_id = 999999999999
        [profile web]
        role_arn = arn:aws-cn:iam::444444444444:role/x
        web_identity_token_file = /t
        [profile odd]
        aws_account_id = 12345
        [profile broken]
        role_arn = arn:aws:iam::12345:role/x
        source_profile = known
        """

    private func hint(
        profile: String? = nil, _ environment: [String: String] = [:]
    ) throws -> CallerHint {
        try AWSConfiguration.load(environment: environment, profile: profile) {
            $0.hasSuffix("config") ? Self.config : nil
        }.callerHint
    }

    @Test(arguments: [
        ("known", CallerHint.account("111111111111")), ("single", .account("222222222222")),
        ("role", .account("333333333333")), ("web", .account("444444444444")),
        ("odd", .nothing), ("broken", .nothing), ("default", .accessKey("AKIADEFAULT")),
    ])
    func `a profile's account is that of the credentials that it gives`(
        _ name: String, _ expected: CallerHint
    ) throws {
        #expect(try hint(profile: name) == expected)
        #expect(try hint(["AWS_PROFILE": name]) == expected)
    }

    @Test func `keys of the environment go before a profile that nobody named by option`() throws {
        let keys = ["AWS_ACCESS_KEY_ID": "AKIAENV", "AWS_SECRET_ACCESS_KEY": "s"]
        #expect(try hint(keys) == .accessKey("AKIAENV"))
        #expect(
            try hint(keys.merging(["AWS_PROFILE": "known"]) { $1 }) == .accessKey("AKIAENV"))
        #expect(try hint(profile: "known", keys) == .account("111111111111"))
    }

    @Test func `a web identity of the environment goes before a profile's keys`() throws {
        let token = [
            "AWS_WEB_IDENTITY_TOKEN_FILE": "/t", "AWS_ROLE_ARN": "arn:aws:iam::555555555555:role/x",
        ]
        #expect(try hint(token) == .account("555555555555"))
        let role = token.merging(["AWS_PROFILE": "role"]) { $1 }
        #expect(try hint(role) == .account("333333333333"))
        #expect(try hint(["AWS_WEB_IDENTITY_TOKEN_FILE": "/t"]) == .nothing)
    }
}
