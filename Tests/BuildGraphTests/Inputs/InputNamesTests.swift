import BuildGraph
import Diagnostics
import Foundation
import JSON
import TestSupport
import Testing

/// Names are bytes: each file counts, and two that differ are two.
@Suite struct InputNamesTests {
    private let folder: TemporaryFolder
    private let inputs = [StageInput.folder(path: "tree")]

    init() throws {
        folder = try TemporaryFolder()
        try folder.write("tree/a.yml", "one")
    }

    private func read() throws -> [String: String] {
        let digester = InputDigester(root: folder.path, cachePath: "\(folder.path)/.digests")
        let found = try digester.digest(inputs).byPath(inputs)
        try digester.saveCache()
        return found
    }

    private func path(_ name: [UInt8]) -> [CChar] {
        (Array("\(folder.path)/tree/".utf8) + name + [0]).map { CChar(bitPattern: $0) }
    }

    private func write(_ name: [UInt8], _ text: String) throws {
        let file = try #require(fopen(path(name), "w"))
        fputs(text, file)
        fclose(file)
    }

    @Test func `a file whose name is no UTF-8 counts, and edits of it too`() throws {
        let name: [UInt8] = [0x63, 0xE9, 0x2E, 0x79, 0x6D, 0x6C]
        try write(name, "one")
        usleep(80_000)
        let first = try read()
        #expect(first.keys.sorted() == ["tree/a.yml", #"tree/c\xe9.yml"#])
        #expect(try read() == first)
        try write(name, "two")
        #expect(try read()[#"tree/c\xe9.yml"#] != first[#"tree/c\xe9.yml"#])
    }

    @Test func `files in a folder whose name is no UTF-8 count`() throws {
        #expect(mkdir(path([0xFF]), 0o700) == 0)
        try write([0xFF, 0x2F, 0x62], "two")
        #expect(try read().keys.sorted() == [#"tree/\xff/b"#, "tree/a.yml"])
    }

    @Test func `no two names are one`() throws {
        let names: [[UInt8]] = [
            [0xE9], Array(#"\xe9"#.utf8), Array(#"\\xe9"#.utf8), Array("\u{E9}".utf8),
            Array("e\u{301}".utf8), Array("\u{301}".utf8), Array("\u{FFFD}".utf8),
            Array("\u{212B}".utf8), Array("\u{C5}".utf8), Array("A\u{30A}".utf8), [0xC3], [0x5C],
        ]
        for (number, name) in names.enumerated() { try write(name, "\(number)") }
        let found = try read()
        #expect(found.count == names.count + 1)
        #expect(Set(found.values).count == names.count + 1)
        #expect(found["tree/\u{E9}"] != nil)
        #expect(found.keys.allSatisfy { $0.hasPrefix("tree/") })
        #expect(try read() == found)
    }

    @Test func `declared paths that differ only in normal form are two`() throws {
        try write(Array("\u{E9}".utf8), "one")
        try write(Array("e\u{301}".utf8), "two")
        let inputs = [StageInput.file(path: "tree/\u{E9}"), .file(path: "tree/e\u{301}")]
        let moment = InputMoment(InputDigester(root: folder.path, cachePath: nil))
        let digests = try moment.digest(inputs)
        #expect(Set(digests.byPath(inputs).values).count == 2)
        #expect(digests.files(of: inputs[0]) != digests.files(of: inputs[1]))
        #expect(inputs[0] != inputs[1])
    }

    @Test func `a setting whose name changes its normal form is told as changed`() async throws {
        var fixture = GraphFixture([
            FakeStage("a", inputs: [.setting(pointer: "/v", value: ["\u{E9}": 1])])
        ])
        try await fixture.run()
        fixture.stages = [
            FakeStage("a", inputs: [.setting(pointer: "/v", value: ["e\u{301}": 1])])
        ]
        let reasons = try await fixture.plan().reasons("a")
        #expect(reasons.count == 1)
        #expect(reasons.first?.hasPrefix("setting /v changed") == true)
    }

    @Test(arguments: [
        ".a.yml.swo", ".swp", ".a.yml.kate-swp", ".nfs00000000000a3b4c00000001", "._a.yml",
        ".fuse_hidden0000001200000001", ".~lock.a.ods#", ".goutputstream-AB12CD", "Thumbs.db",
        "m.pyo", "a.yml___jb_tmp___", ".mypy_cache/x", ".ruff_cache/CACHEDIR.TAG", ".tox/x/y",
        ".pytest_cache/v/x", ".svn/entries", ".hg/store", ".ipynb_checkpoints/a.ipynb",
    ])
    func `what programs leave is no input`(name: String) throws {
        let first = try read()
        try folder.write("tree/sub/\(name)", "noise")
        #expect(try read() == first)
    }

    @Test(arguments: [
        "4913", "desktop.ini", ".nfs.conf", ".swap", "a.swo", ".a.sw1", "a.yml.orig",
        "a.yml.bak", ".vscode/x", "mypy_cache/x", "._/x", ".mypy_cache", "cache.pyi", ".a.swfl",
    ])
    func `what only looks so is one`(name: String) throws {
        let first = try read()
        try folder.write("tree/sub/\(name)", "counts")
        #expect(try read().count == first.count + 1)
    }

    @Test func `what Vim tries a folder with is no input`() throws {
        let first = try read()
        try folder.write("tree/4913", "")
        #expect(try read() == first)
    }
}
