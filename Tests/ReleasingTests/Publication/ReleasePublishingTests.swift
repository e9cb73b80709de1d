import BuildGraph
import Diagnostics
import JSON
import Testing

@testable import Releasing

@Suite struct ReleasePublishingTests {
    private let timeline = Timeline()
    private let bench: StageBench
    private let results: PlaceBench

    init() {
        bench = StageBench(timeline: timeline)
        results = PlaceBench(timeline)
    }

    /// - Parameter revision: of stage `ami`; another one makes the recorded image stale.
    private func stages(revision: Int = 1) -> [PlainStage] {
        var image = PlainStage("ami", timeline) { ["imageId": "ami-1"] }
        image.revision = revision
        return [image, PlainStage("ami-public", needs: ["ami"], timeline) { ["public": "true"] }]
    }

    private func release(isPublic: Bool = true, revision: Int = 1) throws -> Release {
        let manifest = try ManifestFixture().read {
            try $0.setting(JSONPointer(tokens: ["ami", "public"]), to: .bool(isPublic))
        }
        return Release(
            manifest: manifest, place: try results.place(stages(revision: revision)),
            machineStore: TimelineResults(Timeline()), services: bench.services)
    }

    @Test(arguments: [(1, []), (2, ["the recorded image is not what the manifest asks for now"])])
    func `a recorded image is published, stale or not, and none is made`(
        revision: Int, warnings: [String]
    ) async throws {
        try await results.record(stages(), only: ["ami"])
        guard
            case .recorded(let summary) = try await release(revision: revision).publishImages(
                RunOptions())
        else {
            Issue.record("it was not recorded")
            return
        }
        #expect(summary.status == .succeeded)
        let runs = timeline.all.filter { $0.hasPrefix("run") }
        #expect(runs == ["run ami", "run ami-public"])
        let said = results.warnings.map { $0.split(separator: ":").first.map(String.init) }
        #expect(said == warnings)
    }

    @Test func `without results the images are found by their tag, and nothing is recorded`()
        async throws
    {
        bench.aws.on(
            "DescribeImages", ["Filter.2.Value.1": "available"],
            .images(ScriptedAWS.Reply.image("ami-7")))
        bench.aws.on("DescribeImageAttribute", ["ImageId": "ami-7"], .permission(isPublic: true))
        guard case .tagged = try await release().publishImages(RunOptions()) else {
            Issue.record("something was recorded")
            return
        }
        #expect(results.warnings.first?.hasPrefix("no results of this release here") == true)
        #expect(await results.store.loadAll().isEmpty)
        #expect(bench.aws.unused.isEmpty)
    }

    @Test func `an image whose stage failed is not looked for by its tag`() async throws {
        var failing = stages()
        failing[0].body = { throw Diagnostic(code: "test.failure", summary: "no") }
        try await results.record(failing)
        let error = try await #require(throws: Diagnostic.self) {
            try await release().publishImages(RunOptions())
        }
        #expect(error.code == "ami.not-recorded")
        #expect(bench.aws.calls.isEmpty)
    }

    @Test func `a manifest that wants them private is a contradiction`() async throws {
        let error = try await #require(throws: Diagnostic.self) {
            try await release(isPublic: false).publishImages(RunOptions())
        }
        #expect(error.code == "usage.contradiction" && error.severity == .configuration)
        #expect(timeline.all.isEmpty)
    }
}
