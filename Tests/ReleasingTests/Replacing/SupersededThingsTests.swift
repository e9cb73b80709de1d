import BuildGraph
import Foundation
import JSON
import Testing

@testable import Releasing

@Suite struct SupersededThingsTests {
    private let manifest: ReleaseManifest
    private let graph: StageGraph
    private static let now = Date(timeIntervalSince1970: 1_800_000_000)

    init() throws {
        manifest = try ManifestFixture().read()
        graph = try StageGraph(
            ReleasePipeline.stages(
                of: manifest, services: StageBench().services, layout: ReleaseLayout()))
    }

    private func run(_ outputs: JSONValue, origin: String? = nil) -> RecordedRun {
        RecordedRun(
            key: "k", inputs: [:], outputs: outputs, startedAt: "2026-01-01T00:00:00.000Z",
            finishedAt: "2026-01-01T00:00:00.000Z", seconds: 1, runId: "r", tool: "t",
            origin: origin)
    }

    private func record(
        _ stage: StageName, _ run: RecordedRun, replaced: [RecordedRun] = []
    ) -> (StageName, StoredResult) {
        let record = ResultRecord(
            stage: stage, assetId: "3.4.0", status: .succeeded, run: run, replaced: replaced)
        return (stage, .record(record))
    }

    private func roles(
        _ records: [(StageName, StoredResult)], _ assets: [Asset], documented: [String] = []
    ) -> [AssetRole] {
        let results = Dictionary(uniqueKeysWithValues: records)
        return SupersededThings(
            results, graph: graph, manifest: manifest, documented: documented
        ).classified(AssetRole.classified(assets), now: Self.now).map(\.role)
    }

    private func image(_ id: String) -> Asset {
        var asset = Asset(kind: .ami, id: id, region: manifest.region, assetId: "3.4.0")
        asset.state = "available"
        return asset
    }

    private func object(_ key: String, retiredAt: String? = nil) -> Asset {
        var asset = Asset(
            kind: .object, id: "s3://b/\(key)", region: manifest.region, assetId: "3.4.0")
        (asset.bucket, asset.key, asset.retiredAt) = ("b", key, retiredAt)
        return asset
    }

    @Test func `a replaced image goes unless it is public, named or adopted`() {
        let assets = [image("ami-old"), image("ami-new")]
        let new = run(["imageId": "ami-new"])
        let old = run(["imageId": "ami-old"])
        #expect(roles([record("ami", new, replaced: [old])], assets) == [.superseded, .artifact])
        let adopted = run(["imageId": "ami-old"], origin: RecordedRun.adopted)
        #expect(roles([record("ami", new, replaced: [adopted])], assets) == [.artifact, .artifact])
        var own = adopted
        own.isOwn = true
        #expect(roles([record("ami", new, replaced: [own])], assets) == [.superseded, .artifact])
        // Its documents were not written anew yet.
        #expect(
            roles([record("ami", new, replaced: [old])], assets, documented: ["ami-old"])
                == [.artifact, .artifact])
        // A run that was killed before the new image was public.
        let isPublic = record(
            "ami-public", run(["public": true, "images": ["eu-central-1": "ami-old"]]))
        let named = record(
            "github-release", run(["releaseId": 1, "repository": "a/b", "names": ["ami-old"]]))
        for publication in [isPublic, named] {
            let records = [record("ami", new, replaced: [old]), publication]
            #expect(roles(records, assets) == [.artifact, .artifact])
        }
    }

    @Test func `an object goes a day after it was retired, and never while it is current`() {
        let assets = [
            object("p/3.4.0/a.vmdk", retiredAt: "2020-01-01T00:00:00.000Z"),
            object("p/3.4.0/b.vmdk", retiredAt: "2027-01-15T07:00:00.000Z"),
            object("p/other/c.vmdk", retiredAt: "2020-01-01T00:00:00.000Z"),
            object("p/3.4.0/d.vmdk", retiredAt: "2020-01-01T00:00:00.000Z"),
            object("p/3.4.0/e.vmdk", retiredAt: "soon"),
        ]
        let current = record(
            "export-vmdk", run(["bucket": "b", "key": "p/3.4.0/d.vmdk"]),
            replaced: [run(["bucket": "b", "key": "p/3.4.0/b.vmdk"])])
        #expect(
            roles([current], assets)
                == [.superseded, .artifact, .artifact, .artifact, .artifact])
    }

    @Test func `a format that left the manifest goes`() {
        let raw = record("export-raw", run(["bucket": "b", "key": "p/3.4.0/a.raw"]))
        #expect(manifest.export?.formats.contains(.raw) == false)
        #expect(roles([raw], [object("p/3.4.0/a.raw")]) == [.superseded])
        let formats = SupersededThings.formats(
            in: Dictionary(uniqueKeysWithValues: [raw]), graph: graph, manifest: manifest)
        #expect(formats == ["export-raw"])
    }

    @Test func `a format that only a command line asked for stays`() {
        let outputs: JSONValue = ["bucket": "b", "key": "p/3.4.0/a.raw", "requested": true]
        let raw = record("export-raw", run(outputs))
        #expect(roles([raw], [object("p/3.4.0/a.raw")]) == [.artifact])
        let formats = SupersededThings.formats(
            in: Dictionary(uniqueKeysWithValues: [raw]), graph: graph, manifest: manifest)
        #expect(formats.isEmpty)
    }
}
