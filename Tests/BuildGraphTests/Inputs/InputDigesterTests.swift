import BuildGraph
import Diagnostics
import Foundation
import TestSupport
import Testing

@Suite struct InputDigesterTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
        try folder.write("tree/a.yml", "one")
        try folder.write("tree/sub/b.yml", "two")
    }

    private func digester(cache: Bool = true) -> InputDigester {
        InputDigester(root: folder.path, cachePath: cache ? "\(folder.path)/.digests" : nil)
    }

    /// Reads the tree with a fresh digester, as the next start of the program does.
    private func read() throws -> [String: String] {
        let digester = digester()
        let inputs = [StageInput.folder(path: "tree")]
        let found = try digester.digest(inputs).byPath(inputs)
        try digester.saveCache()
        return found
    }

    /// Waits until the file system's clock has certainly moved on, so that entries are cached.
    private func settle() throws { usleep(80_000) }

    private func set(modified: timespec, of name: String) {
        let times = [modified, modified]
        #expect(utimensat(AT_FDCWD, "\(folder.path)/\(name)", times, 0) == 0)
    }

    private func modified(_ name: String) -> timespec {
        var status = stat()
        #expect(stat("\(folder.path)/\(name)", &status) == 0)
        return status.st_mtim
    }

    @Test func `nothing changed reads the same, with and without the cache`() throws {
        try settle()
        let first = try read()
        #expect(first.keys.sorted() == ["tree/a.yml", "tree/sub/b.yml"])
        #expect(try read() == first)
        let inputs = [StageInput.folder(path: "tree")]
        #expect(try digester(cache: false).digest(inputs).byPath(inputs) == first)
        let cache = try String(contentsOfFile: "\(folder.path)/.digests", encoding: .utf8)
        #expect(cache.split(separator: "\n").count == 3)
    }

    @Test func `an edit of the same size with the old modification time is noticed`() throws {
        try settle()
        let first = try read()
        let time = modified("tree/a.yml")
        try folder.write("tree/a.yml", "two")
        set(modified: time, of: "tree/a.yml")
        let second = try read()
        #expect(second["tree/a.yml"] != first["tree/a.yml"])
        #expect(second["tree/sub/b.yml"] == first["tree/sub/b.yml"])
    }

    @Test func `an edit right after reading is noticed every time`() throws {
        for round in 0..<200 {
            try folder.write("tree/a.yml", "x\(round % 10)")
            let first = try read()
            try folder.write("tree/a.yml", "y\(round % 10)")
            let second = try read()
            #expect(first["tree/a.yml"] != second["tree/a.yml"])
        }
    }

    @Test func `touching without changing changes nothing`() throws {
        try settle()
        let first = try read()
        set(modified: timespec(tv_sec: 1_000_000_000, tv_nsec: 5), of: "tree/a.yml")
        #expect(try read() == first)
    }

    @Test func `added, removed and renamed files are noticed`() throws {
        let first = try read()
        try folder.write("tree/c.yml", "three")
        #expect(try read().keys.sorted() == ["tree/a.yml", "tree/c.yml", "tree/sub/b.yml"])
        try folder.remove("tree/c.yml")
        #expect(try read() == first)
        #expect(rename("\(folder.path)/tree/a.yml", "\(folder.path)/tree/d.yml") == 0)
        let renamed = try read()
        #expect(renamed["tree/d.yml"] == first["tree/a.yml"])
        #expect(renamed["tree/a.yml"] == nil)
    }

    @Test func `the executable bit counts, other mode bits do not`() throws {
        let first = try read()
        #expect(chmod("\(folder.path)/tree/a.yml", 0o600) == 0)
        #expect(try read() == first)
        #expect(chmod("\(folder.path)/tree/a.yml", 0o755) == 0)
        #expect(try read() != first)
    }

    @Test func `a link counts with its target's text and contents`() throws {
        try folder.write("outside.txt", "out")
        #expect(symlink("../outside.txt", "\(folder.path)/tree/link") == 0)
        let first = try read()
        try folder.write("outside.txt", "OUT")
        let second = try read()
        #expect(first["tree/link"] != second["tree/link"])
        try folder.remove("tree/link")
        #expect(symlink("./../outside.txt", "\(folder.path)/tree/link") == 0)
        #expect(try read()["tree/link"] != second["tree/link"])
    }

    @Test func `a broken link and a link to a folder around it are no trouble`() throws {
        #expect(symlink("nowhere", "\(folder.path)/tree/broken") == 0)
        #expect(symlink("..", "\(folder.path)/tree/sub/up") == 0)
        #expect(
            try read().keys.sorted()
                == ["tree/a.yml", "tree/broken", "tree/sub/b.yml", "tree/sub/up"])
    }

    @Test func `a linked folder's files count`() throws {
        try folder.write("roles/x.yml", "x")
        #expect(symlink("../roles", "\(folder.path)/tree/roles") == 0)
        let first = try read()
        #expect(first["tree/roles/x.yml"] != nil)
        try folder.write("roles/x.yml", "y")
        #expect(try read()["tree/roles/x.yml"] != first["tree/roles/x.yml"])
    }

    @Test func `what editors, git and Python leave is passed over`() throws {
        let first = try read()
        for name in [
            ".git/config", "__pycache__/x.pyc", "a.yml~", ".a.yml.swp", ".#a", "#a#", "m.pyc",
        ] {
            try folder.write("tree/\(name)", "noise")
        }
        #expect(try read() == first)
        try folder.write("tree/.hidden", "counts")
        #expect(try read() != first)
    }

    @Test(arguments: [StageInput.file(path: "no.yml"), .folder(path: "no"), .file(path: "tree/no")])
    func `a missing input is an error of the configuration`(input: StageInput) throws {
        let problem = #expect(throws: Diagnostic.self) { try digester().digest([input]) }
        #expect(problem?.code == "graph.missing-input")
        #expect(problem?.severity == .configuration)
        #expect(problem?.hint != nil)
    }

    @Test func `a folder where a file is declared, and the reverse, are errors`() throws {
        for input in [StageInput.file(path: "tree"), .folder(path: "tree/a.yml")] {
            let problem = #expect(throws: Diagnostic.self) { try digester().digest([input]) }
            #expect(problem?.code == "graph.unreadable-input")
        }
    }

    @Test func `a cache that is garbage only costs time`() throws {
        try settle()
        let first = try read()
        for garbage in ["", "dssbatch.digests/1\nsha256:12 x", "\0\0", "dssbatch.digests/2\n"] {
            try folder.write(".digests", garbage)
            #expect(try read() == first)
        }
    }
}
