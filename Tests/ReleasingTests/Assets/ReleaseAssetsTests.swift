import BuildGraph
import Diagnostics
import JSON
import Testing

@testable import Releasing

@Suite struct ReleaseAssetsTests {
    /// Works in one account; a realm is its name.
    private struct OneAccount: RealmSource {
        let bindsEveryStage = false
        func present() -> Realm? { Realm("ours") }
        func account() -> String? { "ours" }
        func accept(account: String) {}
        func ask() -> Realm { Realm("ours") }
        func verdict(on recorded: Realm) -> RealmVerdict {
            switch recorded.text {
            case "ours": .same
            case "gone": .gone
            default: .differs(recorded: recorded.text, present: "ours")
            }
        }
    }

    private let timeline = Timeline()
    private let bench: StageBench
    private let results: PlaceBench
    private let manifest: ReleaseManifest

    init() throws {
        bench = StageBench(timeline: timeline, realms: OneAccount())
        results = PlaceBench(timeline, realms: OneAccount())
        manifest = try ManifestFixture().read()
    }

    private func release() throws -> Release {
        Release(
            manifest: manifest, place: try results.place([PlainStage("ami", timeline)]),
            machineStore: TimelineResults(Timeline()), services: bench.services)
    }

    /// Records that stage `ami` has left something in a region.
    private func record(realm: String, region: String) async throws {
        var record = ResultRecord(
            stage: "ami", assetId: "1.0", status: .succeeded,
            run: RecordedRun(
                key: "k", inputs: [:], outputs: ["region": .string(region)],
                startedAt: "2026-01-01T00:00:00.000Z", finishedAt: "2026-01-01T00:00:00.000Z",
                seconds: 1, runId: "r", tool: "t"))
        record.realm = Realm(realm)
        await results.store.save(record)
    }

    @Test(arguments: [("ours", true), ("gone", false), ("theirs", false)])
    func `only what is recorded of the present account is looked for`(
        realm: String, isLookedFor: Bool
    ) async throws {
        try await record(realm: realm, region: "sa-east-1")
        let (listing, problems) = try await release().assets(
            of: [], matching: nil, isEverywhere: false
        ) { _ in }
        #expect(problems.isEmpty)
        let regions = listing.json["regions"]?.arrayValue?.compactMap(\.stringValue) ?? []
        #expect(regions.contains("sa-east-1") == isLookedFor)
        #expect(regions.contains(manifest.region))
        #expect(results.warnings.isEmpty == (realm != "theirs"))
    }

    @Test(arguments: ["ours", "theirs"])
    func `doctor asks every check whosever the results are`(realm: String) async throws {
        try await record(realm: realm, region: "sa-east-1")
        let doctor = try await release().doctor(besides: [])
        #expect(doctor.names.contains(ResultsCheck().name))
        #expect(bench.aws.calls.isEmpty)
    }
}
