import BuildGraph
import Diagnostics
import JSON
import TestSupport
import Testing

@testable import Releasing

/// A folder of results in which some of a release's files lie.
@Suite struct ReleaseFilesTests {
    private let folder: TemporaryFolder
    private let store: FolderResultStore

    init() throws {
        folder = try TemporaryFolder()
        store = FolderResultStore(root: folder.path, assetId: "3.4.0")
        let golden = "\(ProjectPath.root)/Tests/ReleasingTests/Golden"
        for name in ["release.json", "artifacts.md"] {
            let text = String(decoding: try FileContents.read("\(golden)/\(name)"), as: UTF8.self)
            try folder.write("3.4.0/\(name)", text)
        }
    }

    /// Takes the inventories out of the release document.
    private func withoutInventories() throws {
        let path = "\(folder.path)/3.4.0/release.json"
        var document = try JSONValue.parse(contentsOf: path)
        for pointer in ["/inventory", "/docker/inventory"] {
            document = try document.setting(JSONPointer(parsing: pointer), to: nil)
        }
        try folder.write("3.4.0/release.json", document.prettyText)
    }

    private func record(_ stage: StageName, documents: InventoryDocuments?) async throws {
        let outputs: JSONValue = ["documents": try documents.map { try .encoding($0) } ?? nil]
        let run = RecordedRun(
            key: "sha256:k", inputs: [:], settings: [:], revisions: [:], outputs: outputs,
            startedAt: "2026-01-01T00:00:00.000Z", finishedAt: "2026-01-01T00:00:00.000Z",
            seconds: 1, runId: "r", tool: "t", identity: "i")
        try await store.save(.success(run, of: stage, assetId: "3.4.0", after: nil))
    }

    private func write(_ stage: StageName, _ text: String) throws -> InventoryDocuments {
        let names = InventoryDocuments.names(of: stage)
        let document = { (name: String) in
            InventoryDocuments.Document(
                file: name, sha256: Digest.of(Array(text.utf8)), bytes: Int64(text.utf8.count))
        }
        for name in [names.inventory, names.sbom] { try folder.write("3.4.0/\(name)", text) }
        return InventoryDocuments(
            inventory: document(names.inventory), sbom: document(names.sbom), packages: 1)
    }

    private func names() async throws -> [String] {
        try await ReleaseFiles.read(store).files.map(\.name)
    }

    private func error() async throws -> Diagnostic {
        try await #require(throws: Diagnostic.self) { try await names() }
    }

    @Test func `documents of both images are published where their stages recorded them`()
        async throws
    {
        try withoutInventories()
        for stage in ["ami", "docker-image"] as [StageName] {
            try await record(stage, documents: try write(stage, "{}"))
        }
        #expect(
            try await names() == [
                "ami.cdx.json", "ami.inventory.json", "artifacts.md", "docker-image.cdx.json",
                "docker-image.inventory.json", "release.json",
            ])
    }

    @Test func `documents of an earlier image are not published`() async throws {
        try withoutInventories()
        _ = try write("ami", "of an image before the adopted one")
        #expect(try await names() == ["artifacts.md", "release.json"])
        try await record("ami", documents: nil)
        #expect(try await names() == ["artifacts.md", "release.json"])
    }

    @Test func `documents that were changed or lost are an error`() async throws {
        try withoutInventories()
        try await record("ami", documents: try write("ami", "{}"))
        try folder.write("3.4.0/ami.cdx.json", "{ }")
        #expect(try await error().code == "inventory.missing")
        try folder.remove("3.4.0/ami.cdx.json")
        #expect(try await error().code == "inventory.missing")
    }

    @Test func `what the release document says of them counts where nothing else is recorded`()
        async throws
    {
        // It names digests that no file here has.
        #expect(try await error().code == "inventory.missing")
    }

    @Test func `a missing or foreign document is a configuration error`() async throws {
        try folder.remove("3.4.0/artifacts.md")
        #expect(try await error().code == "github.no-release")
        #expect(try await error().severity == .configuration)
        try folder.write("3.4.0/artifacts.md", "")
        let path = "\(folder.path)/3.4.0/release.json"
        let other = try JSONValue.parse(contentsOf: path)
            .setting(JSONPointer(parsing: "/assetId"), to: "9")
        try folder.write("3.4.0/release.json", other.prettyText)
        #expect(try await error().summary.contains("asset `9`"))
    }
}
