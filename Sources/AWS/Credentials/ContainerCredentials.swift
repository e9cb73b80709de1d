import Diagnostics
import Glibc
import HTTP

/// The endpoint that ECS, EKS and CodeBuild give their containers.
///
/// Source: https://docs.aws.amazon.com/sdkref/latest/guide/feature-container-credentials.html
struct ContainerCredentials: CredentialProvider {
    private static let ecsHost = "169.254.170.2"
    private static let plainHosts: Set<String> = [
        ecsHost, "169.254.170.23", "fd00:ec2::23", "localhost",
    ]

    let environment: AWSEnvironment
    let readFile: @Sendable (String) throws -> String?
    let fetcher: MetadataFetcher

    var place: String { "the container endpoint (`AWS_CONTAINER_CREDENTIALS_*_URI`)" }

    func load() async throws -> AWSCredentials? {
        let url: String
        if let path = environment["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"] {
            url = "http://\(Self.ecsHost)\(path)"
        } else if let full = environment["AWS_CONTAINER_CREDENTIALS_FULL_URI"] {
            url = full
        } else {
            return nil
        }
        guard Self.isAllowed(url) else {
            throw CredentialFailure.unusable(
                place, "its host is neither https, loopback nor a container endpoint of AWS",
                hint: "correct `AWS_CONTAINER_CREDENTIALS_FULL_URI`")
        }
        var request = HTTPRequest(
            method: "GET", url: url, headers: [("accept", "application/json")])
        if let token = try authorization() {
            request.headers.append(("authorization", token.reveal()))
        }
        let text = try await fetcher.text(request, place: place)
        return try ProvidedCredentials.read(text, tokenName: "Token", origin: place)
    }

    private func authorization() throws -> Secret? {
        var token = environment["AWS_CONTAINER_AUTHORIZATION_TOKEN"]
        if let path = environment["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"] {
            token = try readFile(path)
            if token == nil { throw CredentialFailure.unusable(place, "`\(path)` does not exist") }
        }
        guard let token else { return nil }
        // A line break would begin another header.
        guard !token.contains(where: \.isNewline) else {
            throw CredentialFailure.unusable(place, "the authorization token holds a line break")
        }
        return Secret(token)
    }

    /// The token must not travel in the clear to just any host.
    static func isAllowed(_ url: String) -> Bool {
        guard let parts = try? SignedURL(url) else { return false }
        if url.lowercased().hasPrefix("https://") { return true }
        guard url.lowercased().hasPrefix("http://"), !parts.host.contains("@") else { return false }
        let host =
            parts.host.hasPrefix("[")
            ? parts.host.dropFirst().prefix { $0 != "]" } : parts.host.prefix { $0 != ":" }
        return isLoopback(String(host)) || plainHosts.contains(host.lowercased())
    }

    /// Whether a host is an address of this machine, in any of its forms.
    private static func isLoopback(_ host: String) -> Bool {
        var four = in_addr()
        if inet_pton(AF_INET, host, &four) == 1 { return four.s_addr.bigEndian >> 24 == 127 }
        var six = in6_addr()
        guard inet_pton(AF_INET6, host, &six) == 1 else { return false }
        let bytes = withUnsafeBytes(of: six) { Array($0) }
        return bytes == Array(repeating: 0, count: 15) + [1]
    }
}
