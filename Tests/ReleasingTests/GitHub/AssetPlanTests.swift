import GitHub
import TestSupport
import Testing

@testable import Releasing

@Suite struct AssetPlanTests {
    private static let file = ReleaseFile(
        name: "release.json", bytes: [1, 2, 3],
        digest: "sha256:0123456789abcdef" + String(repeating: "0", count: 48))

    /// GitHub in a few lines: no two assets of one name.
    private struct Hub {
        var assets: [GitHubAsset]
        var nextId: Int64 = 100

        mutating func take(_ step: AssetPlan.Step) {
            switch step {
            case .delete(let asset): assets.removeAll { $0.id == asset.id }
            case .upload(let name):
                #expect(!assets.contains { $0.name == name }, "\(name) is taken")
                nextId += 1
                assets.append(AssetPlanTests.asset(nextId, name))
            case .rename(let asset, let name):
                #expect(!assets.contains { $0.name == name }, "\(name) is taken")
                assets.removeAll { $0.id == asset.id }
                assets.append(AssetPlanTests.asset(asset.id, name))
            }
        }
    }

    private static func asset(
        _ id: Int64, _ name: String, isRight: Bool = true, isUploaded: Bool = true
    ) -> GitHubAsset {
        GitHubAsset(
            id: id, name: name, isUploaded: isUploaded, sizeBytes: 3,
            digest: isRight ? file.digest : "sha256:other", url: "https://x/\(id)")
    }

    private static let temporary = "release.json.dssbatch-0123456789abcdef"
    private static let stale = "release.json.dssbatch-ffffffffffffffff"

    private static let strange = [
        asset(1, "release.json.sig", isRight: false), asset(2, "other.json"),
        asset(3, "release.json.dssbatch-mine", isUploaded: false),
    ]

    @Test func `every beginning ends with the file and what is not ours, without a gap but one`() {
        let names = ["release.json", Self.temporary, Self.stale]
        // Of each name: none, a right one, another one, a half one.
        for case_ in 0..<64 {
            var hub = Hub(assets: Self.strange)
            for (place, name) in names.enumerated() {
                let kind = case_ >> (2 * place) & 3
                if kind > 0 {
                    hub.assets.append(
                        Self.asset(
                            Int64(10 + place), name, isRight: kind == 1, isUploaded: kind != 3))
                }
            }
            var steps = 0
            while let step = AssetPlan.next(for: Self.file, among: hub.assets) {
                let isThere = hub.assets.contains { $0.name == "release.json" && $0.isUploaded }
                hub.take(step)
                let stays = hub.assets.contains { $0.name == "release.json" && $0.isUploaded }
                if isThere && !stays {
                    // The old one goes only when the new one has arrived, and is renamed next.
                    let next = AssetPlan.next(for: Self.file, among: hub.assets)
                    guard case .rename? = next else {
                        Issue.record("case \(case_): then \(String(describing: next))")
                        return
                    }
                }
                steps += 1
                guard steps < 10 else {
                    Issue.record("case \(case_) does not end")
                    return
                }
            }
            #expect(Set(hub.assets.map(\.name)) == Set(Self.strange.map(\.name) + names.prefix(1)))
            #expect(hub.assets.first { $0.name == "release.json" }?.digest == Self.file.digest)
        }
    }

    @Test func `a file that is right takes no step`() {
        #expect(AssetPlan.next(for: Self.file, among: [Self.asset(1, "release.json")]) == nil)
    }

    @Test func `a new file is uploaded under its own name, another one under a temporary one`() {
        #expect(AssetPlan.next(for: Self.file, among: []) == .upload(name: "release.json"))
        let old = Self.asset(1, "release.json", isRight: false)
        #expect(AssetPlan.next(for: Self.file, among: [old]) == .upload(name: Self.temporary))
    }

    @Test func `an asset of which nobody knows the digest is not taken for right`() {
        let unknown = GitHubAsset(
            id: 1, name: "release.json", sizeBytes: 3, digest: nil, url: "https://x")
        #expect(AssetPlan.next(for: Self.file, among: [unknown]) != nil)
    }
}
