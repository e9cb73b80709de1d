import GitHub
import JSON
import Testing

@testable import Releasing

@Suite struct PreviousReleaseTests {
    private static func release(
        _ id: Int64, publishedAt: String?, isPrerelease: Bool = false, state: String? = "uploaded"
    ) throws -> GitHubRelease {
        var assets: JSONValue = []
        if let state {
            assets = [
                [
                    "id": 1, "name": "ami.inventory.json", "state": .string(state), "size": 1,
                    "browser_download_url": "https://x",
                ]
            ]
        }
        return try GitHubRelease([
            "id": .integer(id), "tag_name": .string("v\(id)"), "name": nil, "body": nil,
            "draft": .bool(publishedAt == nil), "prerelease": .bool(isPrerelease),
            "published_at": publishedAt.map { .string($0) } ?? nil, "html_url": "https://x",
            "upload_url": "https://x", "assets": assets,
        ])
    }

    @Test func `the newest published one with an inventory counts`() throws {
        let all = [
            try Self.release(1, publishedAt: "2026-01-01T00:00:00Z"),
            try Self.release(2, publishedAt: "2026-03-01T00:00:00Z"),
            try Self.release(3, publishedAt: "2026-02-01T00:00:00Z"),
            try Self.release(4, publishedAt: nil),
            try Self.release(5, publishedAt: "2026-04-01T00:00:00Z", isPrerelease: true),
            try Self.release(6, publishedAt: "2026-05-01T00:00:00Z", state: nil),
            try Self.release(7, publishedAt: "2026-06-01T00:00:00Z", state: "starter"),
        ]
        #expect(PreviousRelease.newest(all, before: all[3])?.id == 2)
        #expect(PreviousRelease.newest(all, before: all[1])?.id == 3)
        #expect(PreviousRelease.newest(all, before: all[0]) == nil)
        #expect(PreviousRelease.newest(all.reversed(), before: all[6])?.id == 2)
    }
}
