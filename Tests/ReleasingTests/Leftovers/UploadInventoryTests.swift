import BuildGraph
import Diagnostics
import JSON
import Testing

@testable import Releasing

@Suite struct UploadInventoryTests {
    private let bench = StageBench()

    private func stage() throws -> UploadInventory {
        UploadInventory(
            source: .ami,
            settings: ReleaseManifest.Export(
                formats: [.vmdk], prefix: "dss", bucket: .named(bucket: "images", role: "r"),
                checksum: .sha256, verify: nil),
            assetId: try AssetId("1.0", location: "test"), region: StageBench.region,
            services: bench.services)
    }

    private func context(_ documents: InventoryDocuments?) async throws -> StageContext {
        let image = CreateAMI.Outputs(
            imageId: "ami-1", snapshotIds: [], name: "n", documents: documents)
        return try await bench.context(
            "export-inventory",
            upstream: [.init(name: "ami", of: CreateAMI.self, outputs: try .encoding(image))])
    }

    private func store(_ text: String, as file: String) async -> InventoryDocuments.Document {
        await bench.results.writeFile(file, Array(text.utf8))
        return .init(file: file, sha256: Digest.of(text), bytes: Int64(text.utf8.count))
    }

    private func documents() async -> InventoryDocuments {
        InventoryDocuments(
            inventory: await store("{}", as: "ami.inventory.json"),
            sbom: await store("[]", as: "ami.cdx.json"), packages: 1)
    }

    @Test func `both documents are written beside the images, with the release's tags`()
        async throws
    {
        bench.aws.on("HeadBucket", [:], .empty)
        bench.aws.on("PutObject", [:], .headers(["etag": "\"1\""]), .headers(["etag": "\"2\""]))
        let context = try await context(documents())
        let outputs = try await stage().run(context)
        #expect(outputs.inventory?.key == "dss/1.0/exasol-data-science-sandbox-1.0.inventory.json")
        #expect(outputs.sbom?.key == "dss/1.0/exasol-data-science-sandbox-1.0.cdx.json")
        #expect(outputs.inventory?.sha256.count == 64)
        let calls = bench.aws.calls("PutObject")
        #expect(calls.allSatisfy { $0["cache-control"] == "no-cache" })
        #expect(
            calls.map { $0["x-amz-tagging"] }
                == Array(
                    repeating: "exa_dss_id=1.0&exa_dss_run=run-1", count: 2))
        #expect(await context.journal.unfinished().isEmpty)
        #expect(
            bench.timeline.place("intent s3:object") ?? 9 < bench.timeline.place("PutObject") ?? 0)
    }

    @Test func `what an interrupted run wrote goes first, where that run's manifest had it`()
        async throws
    {
        try await bench.leave(
            "s3:object", of: "export-inventory", name: "old/1.0/x.cdx.json",
            details: ["bucket": "former"])
        bench.aws.on(
            "GetObjectTagging", [:], .tags(ScriptedAWS.Reply.made(by: StageBench.earlierRun)))
        bench.aws.on("DeleteObject", [:], .empty)
        bench.aws.on("HeadBucket", [:], .empty)
        bench.aws.on(
            "PutObject", [:], .headers(["etag": "\"1\""]), .headers(["etag": "\"2\""]))
        let context = try await context(documents())
        _ = try await stage().run(context)
        #expect(bench.aws.calls("DeleteObject").count == 1)
        #expect(await context.journal.unfinished().isEmpty)
    }

    @Test func `what people read is not deleted before it is overwritten`() async throws {
        try await bench.leave(
            "s3:object", of: "export-inventory",
            name: "dss/1.0/exasol-data-science-sandbox-1.0.cdx.json",
            details: ["bucket": "images"])
        bench.aws.on("HeadBucket", [:], .empty)
        bench.aws.on("PutObject", [:], .headers(["etag": "\"1\""]), .headers(["etag": "\"2\""]))
        let context = try await context(documents())
        _ = try await stage().run(context)
        #expect(bench.aws.calls("DeleteObject").isEmpty)
        #expect(await context.journal.unfinished().isEmpty)
    }

    @Test func `a document that was changed since is not uploaded`() async throws {
        bench.aws.on("HeadBucket", [:], .empty)
        let context = try await context(documents())
        await bench.results.writeFile("ami.inventory.json", Array("{ }".utf8))
        let error = try await #require(throws: Diagnostic.self) {
            try await stage().run(context)
        }
        #expect(error.code == "inventory.missing")
    }

    @Test func `an adopted image has no documents, and that is said`() async throws {
        bench.aws.on("HeadBucket", [:], .empty)
        let outputs = try await stage().run(try await context(nil))
        #expect(outputs.inventory == nil && outputs.sbom == nil)
        #expect(bench.messages.contains { $0.contains("adopted") })
    }
}
