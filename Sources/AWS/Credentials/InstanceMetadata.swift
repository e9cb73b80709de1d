import Diagnostics
import HTTP

/// EC2's metadata service, version 2 only.
///
/// Source: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instancedata-data-retrieval.html
struct InstanceMetadata: CredentialProvider {
    let environment: AWSEnvironment
    let profile: SharedProfile?
    let fetcher: MetadataFetcher

    var place: String { "the EC2 metadata service" }

    func load() async throws -> AWSCredentials? {
        guard let token = try await token() else { return nil }
        let base = "meta-data/iam/security-credentials/"
        // A machine without a role answers 404.
        guard let roles = try await answer(request(base, token)) else { return nil }
        guard let role = roles.split(whereSeparator: \.isNewline).first else { return nil }
        let text = try await fetcher.text(
            request(base + PercentEncoding.encode(String(role)), token), place: place)
        return try ProvidedCredentials.read(text, tokenName: "Token", origin: place)
    }

    /// The region that this machine runs in; nil where it is no EC2 machine.
    func region() async throws -> String? {
        guard let token = try await token() else { return nil }
        let text = try await answer(request("meta-data/placement/region", token))
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
            method: "PUT", url: base + "/latest/api/token",
            headers: [("x-aws-ec2-metadata-token-ttl-seconds", "21600")], body: .bytes([]))
        do {
            let answer = try await fetcher.send(request)
            return answer.status == 200 ? Secret(String(decoding: answer.body, as: UTF8.self)) : nil
        } catch is HTTPFailure {
            return nil
        }
    }

    private func request(_ path: String, _ token: Secret) -> HTTPRequest {
        HTTPRequest(
            method: "GET", url: "\(base)/latest/\(path)",
            headers: [("x-aws-ec2-metadata-token", token.reveal())])
    }

    private var base: String {
        let mode =
            environment["AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE"]
            ?? profile?["ec2_metadata_service_endpoint_mode"]
        var url =
            environment["AWS_EC2_METADATA_SERVICE_ENDPOINT"]
            ?? profile?["ec2_metadata_service_endpoint"]
            ?? (mode?.lowercased() == "ipv6" ? "http://[fd00:ec2::254]" : "http://169.254.169.254")
        while url.hasSuffix("/") { url.removeLast() }
        return url
    }
}
