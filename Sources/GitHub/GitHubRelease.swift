import Diagnostics
package import JSON

/// A release as GitHub describes it.
///
/// Source: <https://docs.github.com/en/rest/releases/releases?apiVersion=2022-11-28>
package struct GitHubRelease: Sendable, Equatable {
    package let id: Int64
    package let tag: String
    /// The title; nil where it has none.
    package let title: String?
    /// What people wrote, byte for byte; nil where nobody wrote anything.
    package let body: String?
    package let isDraft: Bool
    package let isPrerelease: Bool
    /// Whether its assets can no longer be changed.
    package let isImmutable: Bool
    /// RFC 3339; nil for a draft.
    package let publishedAt: String?
    /// Its page.
    package let url: String
    /// A template, such as `https://uploads.github.com/…/assets{?name,label}`.
    package let uploadUrl: String
    /// The first ones; `ListReleaseAssets` gives all.
    package let assets: [GitHubAsset]

    /// Reads an answer.
    ///
    /// - Throws: `github.wire`.
    package init(_ json: JSONValue) throws {
        let wire = GitHubWire(json, of: "a release")
        id = try wire.integer("id")
        tag = try wire.string("tag_name")
        title = json["name"]?.stringValue
        body = json["body"]?.stringValue
        isDraft = try wire.bool("draft")
        isPrerelease = try wire.bool("prerelease")
        isImmutable = json["immutable"] == .bool(true)
        publishedAt = json["published_at"]?.stringValue
        url = try wire.string("html_url")
        uploadUrl = try wire.string("upload_url")
        assets = try (json["assets"]?.arrayValue ?? []).map { try GitHubAsset($0) }
    }
}

/// A file of a release.
package struct GitHubAsset: Sendable, Equatable {
    package let id: Int64
    package let name: String
    /// Whether all of it has arrived; a half upload stays in state `starter`.
    package let isUploaded: Bool
    package let sizeBytes: Int64
    /// `sha256:` and 64 hexadecimal digits; nil from servers that do not tell.
    package let digest: String?
    /// Where anybody who may see the release downloads it.
    package let url: String

    /// Reads an answer.
    ///
    /// - Throws: `github.wire`.
    package init(_ json: JSONValue) throws {
        let wire = GitHubWire(json, of: "an asset")
        id = try wire.integer("id")
        name = try wire.string("name")
        isUploaded = try wire.string("state") == "uploaded"
        sizeBytes = try wire.integer("size")
        digest = json["digest"]?.stringValue
        url = try wire.string("browser_download_url")
    }

    /// Describes an asset.
    package init(
        id: Int64, name: String, isUploaded: Bool = true, sizeBytes: Int64, digest: String?,
        url: String
    ) {
        self.id = id
        self.name = name
        self.isUploaded = isUploaded
        self.sizeBytes = sizeBytes
        self.digest = digest
        self.url = url
    }

    /// The same asset, of which somebody found out the digest.
    package func with(digest: String) -> GitHubAsset {
        GitHubAsset(
            id: id, name: name, isUploaded: isUploaded, sizeBytes: sizeBytes, digest: digest,
            url: url)
    }
}

/// Reads what an answer cannot do without.
struct GitHubWire {
    private let json: JSONValue
    private let what: String

    init(_ json: JSONValue, of what: String) {
        self.json = json
        self.what = what
    }

    func string(_ name: String) throws -> String {
        guard let text = json[name]?.stringValue else { throw problem(name) }
        return text
    }

    func integer(_ name: String) throws -> Int64 {
        guard let number = json[name]?.integerValue else { throw problem(name) }
        return number
    }

    func bool(_ name: String) throws -> Bool {
        guard case .bool(let value)? = json[name] else { throw problem(name) }
        return value
    }

    private func problem(_ name: String) -> Diagnostic {
        Self.garbled("\(what) has no `\(name)`")
    }

    /// The code of an answer that is not what the API says.
    static let code = "github.wire"

    /// An answer that is not what the API says.
    static func garbled(_ why: String) -> Diagnostic {
        Diagnostic(
            code: code, summary: "GitHub's answer makes no sense", causes: [why],
            hint: "check that `GITHUB_API_URL`, where it is set, names GitHub's API")
    }
}
