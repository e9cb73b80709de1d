import Foundation
import JSON
import TestSupport

/// A set-up that somebody might have, made by chance: files, variables and helpers' answers.
///
/// Lies below the folder `/@`, which no machine has. What we do otherwise on purpose
/// (`docs/aws-configuration.md`) is not among it.
struct AWSSetUp {
    var environment: [String: String] = [:]
    var profile: String?
    var files: [String: String] = [:]
    var program: (status: Int, text: String) = (0, "")
    /// Whether there is a metadata service.
    var hasMachine = false

    private static let names = ["default", "a", "b", "c d"]
    private static let times = [
        "2099-01-01T00:00:00Z", "2099-01-01T00:00:00UTC", "2099-01-01 00:00:00+00:00",
        "2099-01-01T01:00:00.123456+01:00", "20990101T000000Z", "2099-01-01T00:00:00,5-0530",
    ]
    /// Names the session of `aws login`.
    private static let login = "dc2c13f180e9926887f96cfae6af7d6b6ae3ca26516ef3475c59ed9fd76e3fdb"
    private static let past = "2001-01-01T00:00:00Z"

    init(_ random: inout SeededGenerator) {
        let isHomeless = random.chance(8)
        let home = isHomeless ? "/@/listed" : "/@/home"
        if !isHomeless { environment["HOME"] = home }
        let config = path("AWS_CONFIG_FILE", "\(home)/.aws/config", &random)
        let credentials = path(
            "AWS_SHARED_CREDENTIALS_FILE", "\(home)/.aws/credentials", &random)
        if !random.chance(6) { files[config] = Self.config(&random) }
        if !random.chance(3) { files[credentials] = Self.credentials(&random) }
        if random.chance(4) { profile = random.pick(Self.names) }
        if random.chance(4) { environment["AWS_PROFILE"] = random.pick(Self.names) }
        if random.chance(9) { environment["AWS_DEFAULT_PROFILE"] = random.pick(Self.names) }
        for (name, value) in Self.variables where random.chance(14) { environment[name] = value }
        if random.chance(6) { environment["AWS_ACCESS_KEY_ID"] = "KENV" }
        if environment["AWS_ACCESS_KEY_ID"] != nil, !random.chance(8) {
            environment["AWS_SECRET_ACCESS_KEY"] = "senv"
        }
        hasMachine = random.chance(2)
        program = Self.program(&random)
        addTokens(home, &random)
    }

    var json: JSONValue {
        func object(_ texts: [String: String]) -> JSONValue {
            JSONValue(members: texts.sorted { $0.key < $1.key }.map { ($0.key, $0.value.json) })
        }
        return [
            "environment": object(environment), "profile": profile?.json ?? .null,
            "files": object(files), "machine": hasMachine.json,
            "program": ["status": .integer(Int64(program.status)), "text": program.text.json],
        ]
    }

    private static let variables = [
        ("AWS_SESSION_TOKEN", "tenv"), ("AWS_SECURITY_TOKEN", "told"),
        ("AWS_DEFAULT_REGION", "eu-south-1"), ("AWS_CA_BUNDLE", "/ca/env"),
        ("REQUESTS_CA_BUNDLE", "/ca/requests"), ("AWS_MAX_ATTEMPTS", "4"),
        ("AWS_USE_FIPS_ENDPOINT", "True"), ("AWS_USE_FIPS_ENDPOINT", "false"),
        ("AWS_USE_DUALSTACK_ENDPOINT", "true"), ("AWS_ENDPOINT_URL", "http://127.0.0.1:1"),
        ("AWS_ENDPOINT_URL_STS", "http://127.0.0.1:2/sts"), ("AWS_ENDPOINT_URL_EC2", "http://e:2"),
        ("AWS_ENDPOINT_URL_CLOUDWATCH_LOGS", "http://e:3"),
        ("AWS_ENDPOINT_URL_SERVICE_QUOTAS", "http://e:4"),
        ("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "true"),
        ("AWS_CREDENTIAL_EXPIRATION", times[1]), ("AWS_CREDENTIAL_EXPIRATION", times[3]),
        ("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "/relative"),
        ("AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://127.0.0.1:9/full"),
        ("AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://[::1]:9/full"),
        ("AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://LocalHost:9/full"),
        ("AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://evil.example/full"),
        ("AWS_CONTAINER_AUTHORIZATION_TOKEN", "bearer"),
        ("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", "/@/token"),
        ("AWS_WEB_IDENTITY_TOKEN_FILE", "/@/token"),
        ("AWS_ROLE_ARN", "arn:aws:iam::1:role/env"), ("AWS_ROLE_SESSION_NAME", "env"),
        ("AWS_EC2_METADATA_DISABLED", "True"), ("AWS_IMDS_USE_IPV6", "true"),
        ("AWS_EC2_METADATA_SERVICE_ENDPOINT", "http://127.0.0.1:5/"),
        ("AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE", "IPv6"),
    ]

    /// Where a file lies, and how a variable says it.
    private mutating func path(
        _ variable: String, _ usual: String, _ random: inout SeededGenerator
    ) -> String {
        switch random.below(12) {
        case 0:
            environment[variable] = "/@/other/\(variable)"
            return "/@/other/\(variable)"
        case 1:
            environment["FOLDER_1"] = "/@/other"
            environment[variable] = "${FOLDER_1}/$FOLDER_1/$NOT_SET/\(variable)"
            return "/@/other//@/other/$NOT_SET/\(variable)"
        case 2:
            environment[variable] = "~/own/\(variable)"
            return usual.replacingOccurrences(of: "/.aws/", with: "/own/").split(separator: "/")
                .dropLast().reduce("") { "\($0)/\($1)" } + "/\(variable)"
        default: return usual
        }
    }

    private static func config(_ random: inout SeededGenerator) -> String {
        var text = random.chance(8) ? "[DEFAULT]\nregion = ca-west-1\n" : ""
        for name in names where !random.chance(3) {
            let isPlain = name == "default" && !random.chance(4)
            text += isPlain ? "[default]\n" : "[profile '\(name)']\n"
            text += lines(&random)
        }
        if random.chance(9) { text += "[profile \"a\"]\nregion = ap-east-1\n" }
        if random.chance(9) { text += "[default]\nregion = ap-east-2\n" }
        // Without it boto3 makes no client at all, whatever the credentials.
        text += "[sso-session s]\nsso_region = eu-west-2\nsso_start_url = https://one\n"
        if !random.chance(4) {
            text +=
                "[services v]\ns3 =\n  endpoint_url = http://v:1\nsecrets_manager =\n"
                + "  endpoint_url = http://v:2\n"
        }
        if random.chance(20) { text += "[broken\n" }
        return text
    }

    private static func credentials(_ random: inout SeededGenerator) -> String {
        names.filter { _ in !random.chance(2) }.map { name in
            "[\(name)]\n" + (random.chance(3) ? lines(&random) : keys("C", &random))
        }.joined()
    }

    /// Keys, of which now and then something is missing.
    private static func keys(_ mark: String, _ random: inout SeededGenerator) -> String {
        let number = random.below(1000)
        var text = random.chance(8) ? "" : "aws_access_key_id = K\(mark)\(number)\n"
        if !random.chance(8) { text += "aws_secret_access_key = s\(mark)\(number)\n" }
        if random.chance(3) { text += "aws_session_token = t\(mark)\(number)\n" }
        if random.chance(8) { text += "aws_security_token = old\(mark)\(number)\n" }
        return text
    }

    private static let options: [String] = [
        "region = eu-west-3", "region = us-gov-west-1", "ca_bundle = /ca/profile",
        "max_attempts = 7", "max_attempts = many", "use_fips_endpoint = true",
        "use_fips_endpoint = 1", "use_dualstack_endpoint = TRUE", "endpoint_url = http://p:1",
        "services = v", "services = missing", "ignore_configured_endpoint_urls = true",
        "s3 =\n  use_dualstack_endpoint = true\n  addressing_style = auto",
        "ec2_metadata_service_endpoint_mode = ipv6", "imds_use_ipv6 = true",
        "ec2_metadata_service_endpoint = http://127.0.0.1:6",
        "credential_process = /bin/x 'a b' c\\ d",
        "login_session = arn:aws:iam::1:user/one", "aws_account_id = 111111111111",
    ]

    private static func lines(_ random: inout SeededGenerator) -> String {
        var lines = options.filter { _ in random.chance(14) }
        if random.chance(4) { lines.append("role_arn = arn:aws:iam::1:role/\(random.below(9))") }
        if random.chance(4) { lines.append("source_profile = \(random.pick(names + ["zz"]))") }
        if random.chance(12) {
            let sources = ["Environment", "EcsContainer", "Ec2InstanceMetadata", "Nonsense"]
            lines.append("credential_source = \(random.pick(sources))")
        }
        if random.chance(8) { lines.append("web_identity_token_file = /@/token") }
        if random.chance(8) { lines.append("role_session_name = me") }
        if random.chance(12) { lines += ["external_id = outside", "duration_seconds = 1800"] }
        for line in [
            "sso_account_id = 222222222222", "sso_role_name = reader", "sso_region = eu-west-2",
            "sso_start_url = https://one", "sso_session = s",
        ] where random.chance(6) { lines.append(line) }
        if random.chance(12) {
            lines = [
                "sso_account_id = 222222222222", "sso_role_name = all", "sso_region = eu-west-2",
                "sso_start_url = https://one",
            ]
            if random.chance(2) { lines.append("sso_session = s") }
        }
        let text = lines.map { $0 + "\n" }.joined()
        return random.chance(2) ? text + keys("P", &random) : text
    }

    private static func program(_ random: inout SeededGenerator) -> (Int, String) {
        let words = #""AccessKeyId": "@WORDS@", "SecretAccessKey": "s""#
        let texts = [
            "{\"Version\": 1, \(words)}", "{\"Version\": 1, \(words), \"SessionToken\": \"t\"}",
            "{\"Version\": 1, \(words), \"Expiration\": \"\(random.pick(times))\"}",
            "{\"Version\": 1, \(words), \"SessionToken\": null}", "{\(words)}",
            "{\"Version\": 2, \(words)}", "{\"Version\": 1, \"AccessKeyId\": \"x\"}", "no JSON",
        ]
        return (random.chance(12) ? 1 : 0, texts[min(random.below(14), texts.count - 1) % 8])
    }

    /// What other tools have left.
    private mutating func addTokens(_ home: String, _ random: inout SeededGenerator) {
        files["/@/token"] = random.chance(9) ? "line\nbreak" : "identity"
        // Named by the session `s` and by the address `https://one`.
        for name in [
            "a0f1490a20d0211c997b44bc357e1972deab8ae3", "6d7cb204c75deba42a9827eb593fa6275dfe58bf",
        ] where !random.chance(6) {
            var members: [(String, JSONValue)] = [
                ("accessToken", "token-\(random.below(99))".json),
                ("expiresAt", (random.chance(3) ? Self.past : random.pick(Self.times)).json),
            ]
            if !random.chance(3) {
                let end = random.chance(4) ? Self.past : random.pick(Self.times)
                members += [
                    ("clientId", "c"), ("clientSecret", "s"), ("refreshToken", "again"),
                    ("registrationExpiresAt", end.json), ("startUrl", "https://one"),
                ]
            }
            if random.chance(12) { members.removeFirst() }
            files["\(home)/.aws/sso/cache/\(name).json"] =
                JSONValue(members: members).compactText
        }
        if !random.chance(4) {
            files[
                "\(home)/.aws/login/cache/\(Self.login).json"
            ] = """
                {"accessToken": {"accessKeyId": "login", "secretAccessKey": "s",
                "sessionToken": "t", "accountId": "1", "expiresAt": "\(random.pick(Self.times))"},
                "refreshToken": "r", "dpopKey": "k", "clientId": "c"}
                """
        }
    }
}

extension SeededGenerator {
    /// True once in `count` times.
    mutating func chance(_ count: Int) -> Bool { Int.random(in: 0..<count, using: &self) == 0 }
    /// A number from 0.
    mutating func below(_ count: Int) -> Int { Int.random(in: 0..<count, using: &self) }
    /// One of some texts.
    mutating func pick(_ texts: [String]) -> String { texts[below(texts.count)] }
}
