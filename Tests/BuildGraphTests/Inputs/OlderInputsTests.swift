import BuildGraph
import Diagnostics
import JSON
import OrderedCollections
import TestSupport
import Testing

/// What older programs recorded of files stays good where nothing differs.
@Suite struct OlderInputsTests {
    private let folder: TemporaryFolder
    private let store = MemoryResultStore()
    private var fixture: GraphFixture

    init() throws {
        folder = try TemporaryFolder()
        try folder.write("tree/a.yml", "one")
        fixture = GraphFixture(
            [FakeStage("a", inputs: [.folder(path: "tree")])], store: store)
        fixture.root = folder.path
    }

    /// The key as those programs made it.
    private func oldKey(_ inputs: [String: String]) -> String {
        let inputs = inputs.map { ($0.key, JSONValue.string($0.value)) }
        return Digest.of(
            .object([
                "kind": "durable", "stage": "a", "revision": ["a": 1],
                "inputs": .object(OrderedDictionary(uniqueKeysWithValues: inputs)),
            ]))
    }

    /// Runs the stage and records it as a program would have that took more files for inputs.
    private func record(more: [String: String], key: String? = nil) async throws {
        try await fixture.run()
        var record = try #require(try await store.load("a")?.record)
        #expect(record.run.key == oldKey(record.run.inputs))
        record.run.inputs.merge(more) { _, new in new }
        record.run.key = key ?? oldKey(record.run.inputs)
        try await store.save(record)
    }

    @Test func `what an older program took for an input is missed by nobody`() async throws {
        try await record(more: [
            "file:tree/.mypy_cache/x": "sha256:1", "file:tree/._a.yml": "sha256:2",
        ])
        #expect(try await fixture.plan().states == ["fresh a"])
        try folder.write("tree/a.yml", "two")
        #expect(try await fixture.plan().reasons("a") == ["file tree/a.yml changed"])
    }

    @Test func `a failure of an older program is one of the same key`() async throws {
        let plain = fixture
        func giving(_ value: String, fails: Bool = false) -> GraphFixture {
            var stage = FakeStage("a", inputs: [.folder(path: "tree")])
            stage.body = { _ in
                if fails { throw Diagnostic(code: "test", summary: "no") }
                return value
            }
            var given = plain
            given.stages = [stage]
            return given
        }
        try await giving("one").run()
        try folder.write("tree/a.yml", "two")
        _ = try await giving("two", fails: true).run()
        var record = try #require(try await store.load("a")?.record)
        record.run.inputs["file:tree/._a.yml"] = "sha256:2"
        record.run.key = oldKey(record.run.inputs)
        try await store.save(record)
        // The same attempt again, as far as anything is an input.
        _ = try await giving("two", fails: true).run()
        try await giving("two").run()
        try folder.write("tree/a.yml", "one")
        #expect(try await giving("one").plan().states == ["fresh a"])
    }

    @Test func `a file that is gone is missed all the same`() async throws {
        try await record(more: ["file:tree/b.yml": "sha256:1", "file:tree/._b": "sha256:2"])
        #expect(try await fixture.plan().reasons("a") == ["file tree/b.yml removed"])
    }

    @Test(arguments: [".tox/play", "play~", ".hg"])
    func `a declared folder is nobody's leftover`(name: String) async throws {
        try folder.write("\(name)/a.yml", "one")
        try folder.write("\(name)/b.yml", "two")
        var fixture = GraphFixture(
            [FakeStage("a", inputs: [.folder(path: name)])], store: store)
        fixture.root = folder.path
        try await fixture.run()
        #expect(try await fixture.plan().states == ["fresh a"])
        try folder.remove("\(name)/b.yml")
        #expect(try await fixture.plan().reasons("a") == ["file \(name)/b.yml removed"])
    }

    @Test func `a key that is not that of its inputs is not mended`() async throws {
        try await record(more: ["file:tree/._a.yml": "sha256:2"], key: "sha256:3")
        #expect(try await fixture.plan().states == ["run a"])
    }

    @Test(arguments: ["e\u{301}.yml", #"a\b.yml"#, #"a\xe9"#])
    func `a name that is recorded in another form by now makes nothing stale`(
        name: String
    ) async throws {
        try folder.write("tree/\(name)", "two")
        try await fixture.run()
        let record = try #require(try await store.load("a")?.record)
        let other = try #require(record.run.inputs.keys.first { $0 != "file:tree/a.yml" })
        #expect(other.contains("\\"))
        var old = record.run.inputs
        old["file:tree/\(name)"] = old.removeValue(forKey: other)
        #expect(record.run.key == oldKey(old))
    }

    @Test func `names of older results are read as names of now`() throws {
        var record = GraphFixture.record()
        record.run.inputs = [
            "file:e\u{301}": "sha256:1", #"file:a\b"#: "sha256:2", #"file:c\xe9"#: "sha256:3",
        ]
        #expect(
            try ResultRecord(json: record.json).run.inputs == [
                #"file:e\xcc\x81"#: "sha256:1", #"file:a\\b"#: "sha256:2",
                #"file:c\xe9"#: "sha256:3",
            ])
    }
}
