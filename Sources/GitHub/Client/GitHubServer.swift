import Diagnostics
import HTTP

/// Which GitHub is spoken to, and as whom.
package struct GitHubServer: Sendable {
    /// The API's root without a slash at its end, such as `https://ghe.example/api/v3`.
    let apiUrl: String
    let token: Secret?

    /// The environment variable of the API's root.
    package static let urlVariable = "GITHUB_API_URL"
    /// The environment variables of the token; the first that is set counts.
    package static let tokenVariables = ["GITHUB_TOKEN", "GH_TOKEN"]

    /// Which version of the API is spoken: the one that every server knows.
    ///
    /// Source: <https://docs.github.com/en/rest/about-the-rest-api/api-versions>
    private static let apiVersion = "2022-11-28"
    private static let idleSeconds: Double = 60
    private static let publicUrl = "https://api.github.com"

    /// Reads the environment.
    ///
    /// - Throws: `github.api-url`, severity `.configuration`.
    package init(environment: [String: String]) throws {
        var url = environment[Self.urlVariable] ?? ""
        while url.hasSuffix("/") { url.removeLast() }
        if url.isEmpty { url = Self.publicUrl }
        guard Self.isSafe(url), !url.contains("?") else { throw Self.unsafe(url) }
        apiUrl = url
        token = Self.tokenVariables.lazy.compactMap { environment[$0] }
            .first { !$0.isEmpty }.map { Secret($0) }
    }

    /// Whether the server runs on this machine.
    package var isLoopback: Bool { Self.isLoopback(apiUrl) }

    /// The token.
    ///
    /// - Throws: `github.no-token`, `github.bad-token`, severity `.configuration`.
    func requiredToken() throws -> Secret {
        guard let token else {
            throw Diagnostic(
                code: "github.no-token", severity: .configuration,
                summary: "environment variable `GITHUB_TOKEN` is not set",
                hint: "set it to a token with the permission `contents: write`; `gh auth token` "
                    + "prints yours")
        }
        guard token.reveal().utf8.allSatisfy({ (0x21...0x7e).contains($0) }) else {
            throw Diagnostic(
                code: "github.bad-token", severity: .configuration,
                summary: "the token in `GITHUB_TOKEN` holds a blank or a line break",
                hint: "set it to the token alone")
        }
        return token
    }

    /// The request of a call, with the token.
    ///
    /// - Throws: `github.no-token`, `github.bad-token`; `github.api-url` where an address that the
    ///   server named is no safe place for it.
    func request(_ call: ServerCall) throws -> HTTPRequest {
        if case .url(let named) = call.address, !Self.isSafe(named) { throw Self.unsafe(named) }
        var call = call
        if !call.headers.contains(where: { $0.name == "Accept" }) {
            call.headers.append(("Accept", "application/vnd.github+json"))
        }
        call.headers.append(("X-GitHub-Api-Version", Self.apiVersion))
        call.secretHeaders = [
            ("Authorization", Secret("Bearer \(try requiredToken().reveal())"))
        ]
        call.idleSeconds = Self.idleSeconds
        return call.request(below: apiUrl)
    }

    /// Whether a token may be sent to an address: over TLS, or not beyond this machine.
    static func isSafe(_ url: String) -> Bool {
        guard !url.contains("@"), !url.contains("#"),
            url.utf8.allSatisfy({ (0x21...0x7e).contains($0) })
        else { return false }
        return url.hasPrefix("https://") && !host(url).isEmpty || isLoopback(url)
    }

    static func unsafe(_ url: String) -> Diagnostic {
        let shown = url.contains("@") ? "one with a user in it" : "`\(url.prefix(100))`"
        return Diagnostic(
            code: "github.api-url", severity: .configuration,
            summary: "the address of GitHub's API is \(shown): no token is sent there",
            hint: "set `\(urlVariable)` to an address that begins with `https://`, such as "
                + "`\(publicUrl)` or `https://HOST/api/v3`")
    }

    private static func isLoopback(_ url: String) -> Bool {
        ["127.0.0.1", "localhost", "[::1]"].contains(host(url))
            && (url.hasPrefix("http://") || url.hasPrefix("https://"))
    }

    private static func host(_ url: String) -> String {
        guard let scheme = url.firstRange(of: "://") else { return "" }
        let authority = url[scheme.upperBound...].prefix { !"/?".contains($0) }.lowercased()
        if authority.hasPrefix("["), let end = authority.firstIndex(of: "]") {
            return String(authority[...end])
        }
        return String(authority.prefix { $0 != ":" })
    }
}
