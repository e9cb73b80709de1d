import Diagnostics
import Testing

@testable import GitHub

@Suite struct GitHubServerTests {
    @Test func `the environment names the server and the token`() throws {
        let plain = try GitHubServer(environment: ["GITHUB_TOKEN": "a", "GH_TOKEN": "b"])
        #expect(plain.apiUrl == "https://api.github.com")
        #expect(plain.token == Secret("a"))
        #expect(!plain.isLoopback)
        let other = try GitHubServer(environment: [
            "GITHUB_TOKEN": "", "GH_TOKEN": "b", "GITHUB_API_URL": "https://ghe.example/api/v3//",
        ])
        #expect(other.apiUrl == "https://ghe.example/api/v3")
        #expect(other.token == Secret("b"))
    }

    @Test(arguments: [
        "http://api.github.com", "ftp://x", "https://", "https://u:p@x", "https://x?a=b",
        "https://x#a", "http://127.0.0.1.example", "http://localhost@x", "//x", "https://x y",
    ])
    func `a token is sent to no such address`(url: String) throws {
        let error = try #require(throws: Diagnostic.self) {
            try GitHubServer(environment: ["GITHUB_API_URL": url])
        }
        #expect(error.code == "github.api-url")
        #expect(error.severity == .configuration)
    }

    @Test(arguments: ["http://127.0.0.1:80", "http://[::1]:8080/api/v3", "http://localhost"])
    func `this machine is safe without TLS`(url: String) throws {
        #expect(try GitHubServer(environment: ["GITHUB_API_URL": url]).isLoopback)
    }

    @Test(arguments: ["two words", "a\nb", "ä"])
    func `a token that cannot be a header is refused without being shown`(token: String) throws {
        let server = try GitHubServer(environment: ["GITHUB_TOKEN": token])
        let error = try #require(throws: Diagnostic.self) { try server.requiredToken() }
        #expect(error.code == "github.bad-token")
        #expect(!"\(error)".contains(token))
    }
}
