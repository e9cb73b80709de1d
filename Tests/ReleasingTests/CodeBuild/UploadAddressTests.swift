import Diagnostics
import GitHub
import Testing

@testable import Releasing

@Suite struct UploadAddressTests {
    private static let own = RepositoryName("exasol/data-science-sandbox")

    @Test(arguments: [
        "https://uploads.github.com/repos/o/n.x/releases/42/assets{?name,label}",
        "https://uploads.github.com/repos/o/n.x/releases/42/assets",
        "https://uploads.github.com/repos/o/n.x/releases/42/assets?name=a",
        "https://github.example:8443/api/uploads/repos/o/n.x/releases/42/assets{?name,label}",
    ])
    func `an upload address names repository and release`(text: String) throws {
        let address = try UploadAddress(text)
        #expect(address.repository.description == "o/n.x")
        #expect(address.releaseId == 42)
    }

    @Test(arguments: [
        "", "42", "https://api.github.com/repos/o/n/releases/42",
        "https://uploads.github.com/repos/o/n/releases/0/assets",
        "https://uploads.github.com/repos/o/n/releases/v1/assets",
        "https://uploads.github.com/repos/o/releases/42/assets",
        "https://uploads.github.com/repos/o/../releases/42/assets",
        "https://uploads.github.com/repos/o/n/releases/99999999999999999999/assets",
        "https://uploads.github.com/repos/o/n/releases/42/assets/7",
        "ftp://uploads.github.com/repos/o/n/releases/42/assets",
        "https://user@uploads.github.com/repos/o/n/releases/42/assets",
    ])
    func `anything else is refused with a hint`(text: String) throws {
        let problem = #expect(throws: Diagnostic.self) { try UploadAddress(text) }
        #expect(problem?.code == "usage.upload-url" && problem?.severity == .configuration)
        #expect(problem?.hint?.contains("--release-id") == true)
    }

    @Test func `exactly one of both names the release`() throws {
        func code(_ url: String?, _ id: Int64?) -> String? {
            #expect(throws: Diagnostic.self) {
                try UploadAddress.releaseId(uploadUrl: url, releaseId: id, repository: Self.own)
            }?.code
        }
        let url = "https://uploads.github.com/repos/Exasol/data-science-sandbox/releases/7/assets"
        #expect(
            try UploadAddress.releaseId(uploadUrl: url, releaseId: nil, repository: Self.own) == 7)
        #expect(
            try UploadAddress.releaseId(uploadUrl: nil, releaseId: 8, repository: Self.own) == 8)
        #expect(code(nil, nil) == "usage.arguments")
        #expect(code(url, 7) == "usage.arguments")
        #expect(code(nil, 0) == "usage.release-id")
        let other = "https://uploads.github.com/repos/someone/fork/releases/7/assets"
        #expect(code(other, nil) == "usage.other-repository")
        #expect(
            try UploadAddress.releaseId(uploadUrl: other, releaseId: nil, repository: nil) == 7)
    }

    @Test(arguments: [
        ("1.2.3", "1.2.3"), ("Test of the kernel", "Test-of-the-kernel"),
        ("a..b~^:?*[\\", "a.b"), ("-x-", "x"), ("Ünïcode", "n-code"), ("v1.lock", "v1.lock-tag"),
    ])
    func `a title becomes a tag that git takes`(title: String, tag: String) {
        #expect(TestRelease.tag(of: title) == tag)
    }

    @Test(arguments: ["", " ", "…", "._."])
    func `a title of nothing makes no tag`(title: String) {
        #expect(TestRelease.tag(of: title) == nil)
    }
}
