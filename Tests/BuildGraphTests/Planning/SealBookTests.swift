import BuildGraph
import Diagnostics
import Foundation
import JSON
import TestSupport
import Testing

@testable import BuildGraph

@Suite struct SealBookTests {
    private let folder: TemporaryFolder
    private let equipment: Equipment

    init() throws {
        folder = try TemporaryFolder()
        equipment = GraphFixture.equipment(folder.path)
        _ = try folder.write("input.txt", "one")
    }

    private func variant(_ assetId: String = "a b", settings: String = "s") -> Variant {
        let store = FolderResultStore(root: folder.path + "/out", assetId: assetId)
        return Variant(assetId: assetId, store: store, settingsDigest: settings) {
            try StageGraph([
                FakeStage("source", inputs: [.file(path: "input.txt")]),
                FakeStage("image", needs: ["source"]),
            ])
        }
    }

    private func run(_ variant: Variant) async throws {
        let runner = VariantRunner(equipment, width: 1, onEvent: { _ in })
        let outcomes = try await runner.run([variant], RunOptions()) { _ in Selection() }
        #expect(outcomes.allSatisfy { $0.isFresh })
        try await SystemTimeSource().sleep(seconds: StoreFingerprint.settlingSeconds)
    }

    private func planner(_ book: SealBook) -> VariantPlanner {
        VariantPlanner(book, equipment)
    }

    /// A book with the variant's seal, as it is read back from its file.
    private func sealed(_ variant: Variant) async throws -> SealBook {
        try await run(variant)
        var book = SealBook()
        book.checked = "sha256:c"
        book.add(try #require(try await planner(book).newSeal(of: variant)))
        return SealBook(book.bytes)
    }

    @Test func `a seal holds as long as nothing changes`() async throws {
        let book = try await sealed(variant())
        let seal = try #require(try await planner(book).seal(of: variant()))
        #expect(seal.stageNames == ["source", "image"])
        #expect(book.checked == "sha256:c")
        let graph = try variant().graph()
        let plan = try await planner(SealBook()).plan(variant(), graph, Selection()).plan
        #expect(plan.map { JSONValue.array($0.stages.map(\.json)) } == seal.stages)
    }

    @Test(arguments: ["input", "result", "extra", "removed", "journal", "settings", "rewritten"])
    func `a seal breaks with`(_ change: String) async throws {
        let book = try await sealed(variant())
        let results = "out/a b"
        var changed = variant()
        switch change {
        case "input": _ = try folder.write("input.txt", "two")
        case "result": _ = try folder.write("\(results)/image.json", "{}")
        case "extra": _ = try folder.write("\(results)/other.json", "{}")
        case "removed": try folder.remove("\(results)/image.json")
        case "journal": _ = try folder.write("\(results)/journal.ndjson", "{}")
        case "rewritten":
            // The same contents and size: nobody can tell but by the file's times.
            let bytes = try FileContents.read("\(folder.path)/\(results)/image.json")
            _ = try folder.write(
                "\(results)/image.json", String(decoding: bytes, as: UTF8.self))
        default: changed = variant(settings: "other")
        }
        #expect(try await planner(book).seal(of: changed) == nil)
    }

    @Test func `an input that is gone breaks seals and is told by the plan`() async throws {
        let book = try await sealed(variant())
        try folder.remove("input.txt")
        #expect(try await planner(book).seal(of: variant()) == nil)
        await #expect(throws: Diagnostic.self) {
            _ = try await planner(book).plan(variant(), variant().graph(), Selection())
        }
    }

    @Test func `what is stale is not sealed`() async throws {
        #expect(try await planner(SealBook()).newSeal(of: variant()) == nil)
        try await run(variant())
        _ = try folder.write("input.txt", "two")
        #expect(try await planner(SealBook()).newSeal(of: variant()) == nil)
    }

    @Test func `what left something to be removed is not sealed`() async throws {
        let store = FolderResultStore(root: folder.path + "/out", assetId: "left")
        let variant = Variant(assetId: "left", store: store, settingsDigest: "s") {
            try StageGraph([
                FakeStage("instance", lifetime: .ephemeral),
                FakeStage("image", needs: ["instance"]),
            ])
        }
        try await run(variant)
        let journal = try await Journal(store: store, runId: "r", time: SystemTimeSource())
        let left = try await journal.intend(
            stage: "instance", resource: "ec2:key-pair", region: "eu-central-1", name: "k",
            token: nil, details: [:])
        try await SystemTimeSource().sleep(seconds: StoreFingerprint.settlingSeconds)
        #expect(try await planner(SealBook()).newSeal(of: variant) == nil)
        let plan = try await planner(SealBook()).plan(variant, variant.graph(), Selection())
        #expect(plan.isFresh && plan.hasWork)
        try await journal.gone(left)
        try await SystemTimeSource().sleep(seconds: StoreFingerprint.settlingSeconds)
        #expect(try await planner(SealBook()).newSeal(of: variant) != nil)
    }

    @Test func `what was written just now is not sealed`() async throws {
        try await run(variant())
        // As if the clock had not moved on since.
        let now = timespec(tv_sec: time(nil) + 24 * 3600, tv_nsec: 1)
        #expect(utimensat(AT_FDCWD, folder.path + "/out/a b/image.json", [now, now], 0) == 0)
        #expect(try await planner(SealBook()).newSeal(of: variant()) == nil)
    }

    @Test func `a new digest of an input drops the seals that rest on the old one`() throws {
        func seal(_ assetId: String, _ digest: String) -> NewSeal {
            NewSeal(
                assetId: assetId, settings: "s", results: "r",
                inputs: [DeclaredPath(isFolder: false, path: "x"): digest], names: ["n"],
                stagesText: "[]")
        }
        var book = SealBook()
        book.add(seal("a", "1"))
        book.add(seal("b", "1"))
        book.add(seal("c", "2"))
        #expect(book["a"] == nil && book["b"] == nil && book["c"] != nil)
        book.keep(["other"])
        #expect(book["c"] == nil)
    }

    @Test(arguments: [
        "", "x", "dssbatch.seals/1", "dssbatch.seals/2\nwhat",
        "dssbatch.seals/2\nseal\ta\ts\tr\t0\tn\t\t[]",
        "dssbatch.seals/2\nseal\ta\ts\tr\tx\tn\t\t[]",
    ])
    func `a spoiled book holds nothing`(_ text: String) {
        #expect(SealBook(Array(text.utf8)).seals.isEmpty)
    }
}
