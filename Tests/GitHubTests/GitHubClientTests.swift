import Diagnostics
import HTTP
import JSON
import Synchronization
import TestSupport
import Testing

@testable import GitHub

/// Single calls, against answers that are scripted.
@Suite struct GitHubClientTests {
    private static let token = "ghp_0123456789"
    private let repository: RepositoryName
    private let clock = TestClock()

    init() throws { repository = try #require(RepositoryName("o/n")) }

    private func client(
        _ transport: ScriptedTransport, say: @escaping @Sendable (String) -> Void = { _ in }
    ) -> GitHubClient {
        GitHubClient(transport: transport, time: clock, say: say) {
            try GitHubServer(environment: ["GITHUB_TOKEN": Self.token])
        }
    }

    private static func answer(
        _ status: Int, _ body: String = "", _ headers: [(name: String, value: String)] = []
    ) -> ScriptedTransport.Reply {
        .answer(HTTPResponse(status: status, headers: headers, body: Array(body.utf8)))
    }

    private static let asset = """
        {"id":1,"name":"a","state":"uploaded","size":3,"digest":null,
        "browser_download_url":"https://x/a"}
        """
    private static let release = """
        {"id":7,"tag_name":"v1","name":null,"body":"b","draft":true,"prerelease":false,
        "published_at":null,"html_url":"https://x/r","upload_url":"https://u/a{?name,label}",
        "assets":[\(asset)]}
        """

    @Test func `a request says who asks, and for which version`() async throws {
        let transport = ScriptedTransport([Self.answer(200, Self.release)])
        let release = try await client(transport).call(GetRelease(repository: repository, id: 7))
        #expect(release.title == nil && release.body == "b" && release.isDraft)
        #expect(release.assets.map(\.isUploaded) == [true])
        let request = try #require(transport.requests.first)
        #expect(request.url == "https://api.github.com/repos/o/n/releases/7")
        let headers = Dictionary(request.headers.map { ($0.name, $0.value) }) { $1 }
        #expect(
            headers == [
                "Accept": "application/vnd.github+json", "X-GitHub-Api-Version": "2022-11-28",
                "Authorization": "Bearer \(Self.token)",
            ])
    }

    @Test func `what has not changed is taken from the answer before`() async throws {
        let transport = ScriptedTransport([
            Self.answer(200, Self.release, [("etag", "W/\"1\"")]), Self.answer(304),
            Self.answer(200, Self.release.replacing("\"b\"", with: "\"c\"")),
        ])
        let client = client(transport)
        var bodies: [String?] = []
        for _ in 0..<3 {
            bodies.append(
                try await client.call(GetRelease(repository: repository, id: 7)).body)
        }
        #expect(bodies == ["b", "b", "c"])
        let tags = transport.requests.map { request in
            request.headers.first { $0.name == "If-None-Match" }?.value
        }
        #expect(tags == [nil, "W/\"1\"", "W/\"1\""])
    }

    @Test func `pages are followed to the last, or as far as they are needed`() async throws {
        let link = [(name: "Link", value: "<https://api.github.com/x?page=2>; rel=\"next\"")]
        let pages = [
            Self.answer(200, "[\(Self.asset)]", link), Self.answer(200, "[\(Self.asset)]"),
        ]
        let list = ListReleaseAssets(repository: repository, releaseId: 7)
        let transport = ScriptedTransport(pages)
        #expect(try await client(transport).all(list).count == 2)
        #expect(transport.requests.last?.url == "https://api.github.com/x?page=2")
        let first = client(ScriptedTransport(pages))
        #expect(try await first.all(list, until: { _ in true }).count == 1)
        #expect(try await first.all(list, pageLimit: 1, partIsEnough: true).count == 1)
        let bounded = client(ScriptedTransport(pages))
        let error = try await #require(throws: Diagnostic.self) {
            try await bounded.all(list, pageLimit: 1)
        }
        #expect(error.code == "github.too-many-pages")
    }

    @Test func `the place where bytes are kept is shown no token`() async throws {
        let transport = ScriptedTransport([
            Self.answer(302, "", [("Location", "https://storage.example/1?sig=x")]),
            Self.answer(200, "abc"),
        ])
        let bytes = try await client(transport).call(
            DownloadReleaseAsset(repository: repository, id: 1))
        #expect(bytes == Array("abc".utf8))
        let second = try #require(transport.requests.last)
        #expect(second.url == "https://storage.example/1?sig=x")
        #expect(second.headers.isEmpty)
        let plain = ScriptedTransport([
            Self.answer(302, "", [("Location", "http://storage.example/1")])
        ])
        let error = try await #require(throws: Diagnostic.self) {
            try await client(plain).call(DownloadReleaseAsset(repository: repository, id: 1))
        }
        #expect(error.code == "github.api-url")
    }

    @Test func `an upload goes where the release says, and once`() async throws {
        let lost = HTTPFailure(
            kind: .connectionLost, message: "gone", host: "u", requestMayHaveReachedServer: true)
        let upload = UploadReleaseAsset(
            repository: repository, uploadUrl: "https://u.example/a{?name,label}",
            name: "x y.json", contentType: "application/json", bytes: [1, 2])
        let transport = ScriptedTransport([.failure(lost)])
        let error = try await #require(throws: Diagnostic.self) {
            try await client(transport).call(upload)
        }
        #expect(error.code == "github.unknown-outcome")
        #expect(transport.requests.map(\.url) == ["https://u.example/a?name=x%20y.json"])
        #expect(transport.requests.map(\.mustNotRepeat) == [true])
        let taken = #"{"message":"m","errors":[{"resource":"R","code":"already_exists"}]}"#
        let second = try await #require(throws: Diagnostic.self) {
            try await client(ScriptedTransport([Self.answer(422, taken)])).call(upload)
        }
        #expect(second.code == "github.already-exists")
    }

    @Test func `a limit is waited for, and a person is told`() async throws {
        let said = Mutex<[String]>([])
        let transport = ScriptedTransport([
            Self.answer(429, "{}", [("Retry-After", "5")]), Self.answer(502),
            Self.answer(200, Self.release),
        ])
        _ = try await client(transport) { text in said.withLock { $0.append(text) } }
            .call(GetRelease(repository: repository, id: 7))
        #expect(clock.slept.first == 5 && clock.slept.count == 2)
        #expect(said.withLock { $0.count } == 1)
    }

    @Test func `an error shows what GitHub said, and never the token`() async throws {
        for (status, code) in [
            (401, "github.401"), (403, "github.403"), (404, "github.404"), (301, "github.301"),
        ] {
            let body = "{\"message\":\"you sent \(Self.token)\"}"
            let error = try await #require(throws: Diagnostic.self) {
                try await client(ScriptedTransport([Self.answer(status, body)])).call(
                    UpdateRelease(repository: repository, id: 7, body: "x"))
            }
            #expect(error.code == code)
            #expect(error.causes.first?.contains("you sent <secret>") == true)
            #expect(!"\(error)".contains(Self.token))
            #expect(error.hint != nil)
        }
    }

    @Test(arguments: ["", "<html>", "[]", "{\"id\":\"7\"}", "{\"id\":7,\"tag_name\":1}"])
    func `an answer that is no release is an error`(body: String) async throws {
        let error = try await #require(throws: Diagnostic.self) {
            let replies = Array(repeating: Self.answer(200, body), count: 5)
            return try await client(ScriptedTransport(replies)).call(
                GetRelease(repository: repository, id: 7))
        }
        #expect(error.code == "github.wire")
        let created = try await #require(throws: Diagnostic.self) {
            try await client(ScriptedTransport([Self.answer(201, body)])).call(
                CreateRelease(
                    repository: repository, tag: "t", target: "main", title: "T", body: "",
                    isDraft: true, isPrerelease: false))
        }
        #expect(created.code == "github.unknown-outcome")
    }

    @Test func `a draft for tests is described in full`() async throws {
        let transport = ScriptedTransport([Self.answer(201, Self.release)])
        _ = try await client(transport).call(
            CreateRelease(
                repository: repository, tag: "t", target: "main", title: "T", body: "",
                isDraft: true, isPrerelease: true))
        guard case .bytes(let bytes)? = transport.requests.first?.body else {
            Issue.record("no body")
            return
        }
        let sent = try JSONValue.parse(bytes, source: "sent")
        #expect(
            sent == [
                "tag_name": "t", "target_commitish": "main", "name": "T", "body": "",
                "draft": true, "prerelease": true,
            ])
    }
}
