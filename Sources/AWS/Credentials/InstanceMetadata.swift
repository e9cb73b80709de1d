import Diagnostics
import FoundationEssentials
import HTTP

/// EC2's metadata service, version 2 only.
///
/// Source: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instancedata-data-retrieval.html
struct InstanceMetadata: CredentialProvider {
    let environment: AWSEnvironment
    let profile: SharedProfile?
    let fetcher: MetadataFetcher

    /// How long expired credentials are taken for good before the service is asked again.
    private static let outageSeconds: Double = 900

    var place: String { "the EC2 metadata service" }

    func load() async throws -> AWSCredentials? {
        guard let token = try await token() else { return nil }
        let base = "meta-data/iam/security-credentials/"
        // A machine without a role answers 404.
        guard let roles = try await answer(try request(base, token)) else { return nil }
        guard let role = roles.split(whereSeparator: \.isNewline).first else { return nil }
        let text = try await fetcher.text(
            try request(base + PercentEncoding.encode(String(role)), token), place: place)
        let found = try ProvidedCredentials.read(text, tokenName: "Token", origin: place)
        // In an outage the service hands on what has expired, and AWS takes it.
        // Source: `_evaluate_expiration` in
        // https://github.com/boto/botocore/blob/develop/botocore/utils.py
        let now = fetcher.time.now()
        guard let expiration = found.expiration,
            expiration < now.addingTimeInterval(CredentialCache.renewalSeconds)
        else { return found }
        let soon = now.addingTimeInterval(Self.outageSeconds)
        return AWSCredentials(
            accessKeyId: found.accessKeyId, secretAccessKey: found.secretAccessKey,
            sessionToken: found.sessionToken, expiration: soon, isRenewable: true, origin: place)
    }

    /// The region that this machine runs in; nil where it is no EC2 machine.
    func region() async throws -> String? {
        guard let token = try await token() else { return nil }
        let text = try await answer(try request("meta-data/placement/region", token))
        return text?.split(whereSeparator: \.isWhitespace).first.map(String.init)
    }

    /// Nil where the service has no such thing.
    private func answer(_ request: HTTPRequest) async throws -> String? {
        do {
            let answer = try await fetcher.send(request)
            return answer.status == 200 ? String(decoding: answer.body, as: UTF8.self) : nil
        } catch let failure as HTTPFailure {
            throw CredentialFailure.unusable(
                place, "it answered a token and then nothing: \(failure.message)",
                hint: "run the command again, or set `AWS_EC2_METADATA_DISABLED=true`")
        }
    }

    /// Nil where there is no such service, which is how most machines are.
    private func token() async throws -> Secret? {
        if environment.isTrue("AWS_EC2_METADATA_DISABLED") { return nil }
        let request = HTTPRequest(
            method: "PUT", url: try base() + "/latest/api/token",
            headers: [("x-aws-ec2-metadata-token-ttl-seconds", "21600")], body: .bytes([]))
        do {
            let answer = try await fetcher.send(request)
            return answer.status == 200 ? Secret(String(decoding: answer.body, as: UTF8.self)) : nil
        } catch is HTTPFailure {
            return nil
        }
    }

    private func request(_ path: String, _ token: Secret) throws -> HTTPRequest {
        HTTPRequest(
            method: "GET", url: "\(try base())/latest/\(path)",
            headers: [("x-aws-ec2-metadata-token", token.reveal())])
    }

    private func base() throws -> String {
        func setting(_ option: String) -> String? {
            environment["AWS_\(option.uppercased())"] ?? profile?[option]
        }
        if var url = setting("ec2_metadata_service_endpoint") {
            while url.hasSuffix("/") { url.removeLast() }
            return url
        }
        // The second is the first's old name.
        let mode =
            setting("ec2_metadata_service_endpoint_mode")?.lowercased()
            ?? (setting("imds_use_ipv6")?.lowercased() == "true" ? "ipv6" : "ipv4")
        switch mode {
        case "ipv4": return "http://169.254.169.254"
        case "ipv6": return "http://[fd00:ec2::254]"
        default:
            throw AWSConfiguration.badValue(
                "ec2_metadata_service_endpoint_mode", mode, "`IPv4` or `IPv6`")
        }
    }
}
