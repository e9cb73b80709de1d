import BuildGraph
import Diagnostics
import JSON
import Synchronization
import Testing

@testable import Releasing

@Suite struct ReleaseExportingTests {
    private let timeline = Timeline()
    private let bench: StageBench
    private let results: PlaceBench
    private let machine: PlaceBench
    private let manifest: ReleaseManifest
    /// How many images were made of the machine.
    private let made = Counter()

    private final class Counter: Sendable {
        private let value = Mutex(0)
        func next() -> Int {
            value.withLock { value in
                value += 1
                return value
            }
        }
    }

    init() throws {
        bench = StageBench(timeline: timeline)
        results = PlaceBench(timeline)
        machine = PlaceBench(timeline)
        manifest = try ManifestFixture().read()
    }

    /// The stages of the release; what they did is said on the timeline.
    private func stages(
        formats: [StageName] = ["export-vmdk"], publication: String? = nil
    ) -> [PlainStage] {
        var image = PlainStage("ami", needs: ["source-ami"], timeline) { ["imageId": "ami-run"] }
        image.does = StageEffects(
            replaces: [StageEffects.Replacement("image", publication: publication)])
        return [PlainStage("source-ami", timeline), image]
            + formats.map { PlainStage($0, group: "export", needs: ["ami"], timeline) }
    }

    private func machineStages(fails: Bool = false) -> [PlainStage] {
        let made = made
        return [
            PlainStage("ami", timeline) {
                if fails { throw Diagnostic(code: "test.failure", summary: "no image") }
                return ["imageId": "ami-\(made.next())"]
            }
        ]
    }

    private func release(_ stages: [PlainStage]) throws -> Release {
        Release(
            manifest: manifest, place: try results.place(stages), machineStore: machine.store,
            services: bench.services)
    }

    /// Exports an image of the machine.
    ///
    /// - Returns: how it ended, and what happened.
    private func export(
        _ stages: [PlainStage]? = nil, fails: Bool = false, options: RunOptions = RunOptions()
    ) async throws -> (status: RunSummary.Status, did: [String]) {
        let before = timeline.all.count
        let summary = try await release(stages ?? self.stages()).export(
            .machine(try machine.place(machineStages(fails: fails))), options
        ) { timeline.add($0) }
        return (summary.status, Array(timeline.all.dropFirst(before)))
    }

    private func recordedImage() async -> RecordedRun? {
        await results.store.load("ami")?.record?.lastGood
    }

    @Test func `an image is made, becomes the release's own, and is exported`() async throws {
        let (status, did) = try await export()
        #expect(status == .succeeded)
        #expect(
            did == [
                "run ami", "run source-ami", "adopt ami ami-1",
                "image ami-1 is now the one of asset id 1.0", "run export-vmdk",
            ])
        let run = try #require(await recordedImage())
        #expect(run.isOwn && run.origin == RecordedRun.adopted)
    }

    @Test func `another format takes the image again, and what is complete another image`()
        async throws
    {
        _ = try await export()
        let both = stages(formats: ["export-vmdk", "export-raw"])
        #expect(try await export(both).did == ["verify ami", "run export-raw"])
        let (_, did) = try await export(both)
        let runs = did.filter { $0.hasPrefix("run") }
        #expect(runs.first == "run ami" && runs.count == 3)
        #expect(await recordedImage()?.outputs == ["imageId": "ami-2"])
    }

    @Test func `what failed at the machine leaves the release as it is`() async throws {
        let (status, did) = try await export(fails: true)
        #expect(status == .failed)
        #expect(did == ["run ami"])
        #expect(await results.store.loadAll().isEmpty)
    }

    @Test func `nothing published is replaced without consent, and no image is made for it`()
        async throws
    {
        _ = try await export()
        let before = timeline.all.count
        let published = stages(publication: "public")
        let error = try await #require(throws: Diagnostic.self) { try await export(published) }
        #expect(error.code == "publish.protected")
        #expect(timeline.all.count == before)
        let (status, did) = try await export(
            published, options: RunOptions(replacesPublished: true))
        #expect(status == .succeeded)
        #expect(did.contains("adopt ami ami-2"))
    }

    @Test func `an AMI of the account is recorded, though not as made for the release`()
        async throws
    {
        let release = try release(stages(publication: "public"))
        for _ in 1...2 {
            // The same image again replaces nothing.
            let summary = try await release.export(.image("ami-7"), RunOptions()) { _ in }
            #expect(summary.status == .succeeded)
        }
        #expect(timeline.all == ["run source-ami", "adopt ami ami-7", "run export-vmdk"])
        let run = try #require(await recordedImage())
        #expect(!run.isOwn && run.outputs == ["imageId": "ami-7"])
    }

    @Test func `each step waits for other runs as long as it is told`() async throws {
        _ = try await export(options: RunOptions(waitLockSeconds: 7))
        for waits in [await results.store.waits, await machine.store.waits] {
            #expect(waits.count > 1 && waits.allSatisfy { $0 == 7 })
        }
    }
}
