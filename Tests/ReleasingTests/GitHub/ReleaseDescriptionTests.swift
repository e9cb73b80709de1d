import Diagnostics
import TestSupport
import Testing

@testable import Releasing

@Suite struct ReleaseDescriptionTests {
    private func release() throws -> PublishedRelease {
        try PublishedRelease(
            FileContents.read("\(ProjectPath.root)/Tests/ReleasingTests/Golden/release.json"),
            source: "release.json")
    }

    private func inventory(_ changes: [(String, String)] = []) throws -> Inventory {
        var text = InventoryTests.text
        for (old, new) in changes { text = text.replacing(old, with: new) }
        return try Inventory(Array(text.utf8), source: "test")
    }

    private func previous() throws -> ReleaseDescription.Previous {
        let before = try inventory([
            ("1:2.39.5-0+deb12u2", "1:2.39.5-0+deb12u1"), ("8.6.3", "8.6.2"),
            ("\"libc6\"", "\"libold\""), ("\"glibc\"", "\"oldlibc\""),
            ("\"describe\": \"5.0.0\"", "\"describe\": \"4.9.0\""),
        ])
        return ReleaseDescription.Previous(
            tag: "3.3.0", url: "https://github.test/o/n/releases/tag/3.3.0",
            versions: ["poetry": "1.8.4", "sandbox": "3.4.0"],
            changes: [("Machine image", InventoryChanges(from: before, to: try inventory()))])
    }

    private func text(
        _ previous: ReleaseDescription.Previous?, room: Int = 100_000
    ) throws -> String {
        try ReleaseDescription(
            release: try release(), files: ["ami.cdx.json", "ami.inventory.json", "artifacts.md"],
            previous: previous
        ).text(room: room) { $0.utf16.count }
    }

    @Test func `the notes of a whole release are as agreed`() throws {
        try GoldenFile("github-release.md").check(try text(try previous()) + "\n")
    }

    @Test func `without a release before there is no section of changes`() throws {
        let text = try text(nil)
        #expect(!text.contains("<details>") && !text.contains("(was"))
        #expect(text.contains("## Data Science Sandbox 3.4.0"))
    }

    @Test func `nothing changed is said in a line`() throws {
        var previous = try previous()
        previous = .init(
            tag: "1|2", url: previous.url, versions: [:],
            changes: [
                ("Machine image", InventoryChanges(from: try inventory(), to: try inventory()))
            ])
        let text = try text(previous)
        #expect(text.contains("system packages since [1\\|2]("))
        #expect(text.contains("no changes."))
        #expect(!text.contains("<details>"))
    }

    @Test func `in any room the notes fit, and their lists are whole`() throws {
        let previous = try previous()
        let whole = try text(previous).utf16.count
        let least = try text(nil).utf16.count
        var cuts = 0
        for room in stride(from: least + 40, through: whole + 2, by: 3) {
            let text = try text(previous, room: room)
            #expect(text.utf16.count <= room)
            let folds = text.matches(of: /<details>/).count
            #expect(folds == text.matches(of: /<\/details>/).count)
            cuts += text.contains("more: see the inventories") ? 1 : 0
        }
        #expect(cuts > 0)
        #expect(try text(previous, room: whole).utf16.count == whole)
        let error = try #require(throws: Diagnostic.self) { try text(previous, room: 300) }
        #expect(error.code == "github.body-too-long")
    }

    @Test func `what differs is found from both sides`() throws {
        let changes = try #require(try previous().changes.first?.changes)
        #expect(
            changes.system == [
                .init(name: "git", before: "1:2.39.5-0+deb12u1", after: "1:2.39.5-0+deb12u2"),
                .init(name: "glibc", before: nil, after: "2.36-9+deb12u10"),
                .init(name: "oldlibc", before: "2.36-9+deb12u10", after: nil),
            ])
        #expect(changes.notable.map(\.name) == ["script-languages-release", "jupyter-client"])
        #expect(InventoryChanges.counts(changes.system) == "1 changed, 1 added, 1 removed")
    }

    @Test(arguments: ["", "[]", "{}", "{\"schema\":\"dssbatch.release/2\"}"])
    func `what is no release document says how to write one`(text: String) throws {
        let error = try #require(throws: Diagnostic.self) {
            try PublishedRelease(Array(text.utf8), source: "release.json")
        }
        #expect(error.code == "github.release-document")
        #expect(error.hint?.contains("release-notes") == true)
    }
}
