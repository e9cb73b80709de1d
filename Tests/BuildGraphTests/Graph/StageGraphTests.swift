import BuildGraph
import Diagnostics
import JSON
import Testing

@Suite struct StageGraphTests {
    private func code(_ stages: [any Stage]) -> String? {
        #expect(throws: Diagnostic.self) { try StageGraph(stages) }?.code
    }

    @Test func `stages come after what they need, whatever the table's order`() throws {
        let stages = [
            FakeStage("c", needs: ["b", "a"]), FakeStage("b", needs: ["a"]), FakeStage("a"),
            FakeStage("d"),
        ]
        #expect(try StageGraph(stages).names == ["a", "b", "c", "d"])
        #expect(try StageGraph(stages).dependents(of: "a") == ["b", "c"])
    }

    @Test func `broken tables are refused`() {
        #expect(code([FakeStage("a"), FakeStage("a")]) == "graph.duplicate-stage")
        #expect(code([FakeStage("a", needs: ["b"])]) == "graph.unknown-upstream")
        #expect(code([FakeStage("a", needs: ["a"])]) == "graph.cycle")
        let twice = StageInput.setting(pointer: "/x", value: 1)
        #expect(code([FakeStage("a", inputs: [twice, twice])]) == "graph.duplicate-input")
    }

    @Test func `a cycle is named`() {
        let problem = #expect(throws: Diagnostic.self) {
            try StageGraph([
                FakeStage("a", needs: ["c"]), FakeStage("b", needs: ["a"]),
                FakeStage("c", needs: ["b"]),
            ])
        }
        #expect(problem?.summary == "stages need each other: `a` needs `c` needs `b` needs `a`")
        #expect(problem?.severity == .configuration)
    }

    @Test func `a chain of fifty thousand stages is no trouble`() throws {
        let stages = (0..<50_000).map { number in
            FakeStage(
                StageName(rawValue: "s\(number)"),
                needs: number == 0 ? [] : [StageName(rawValue: "s\(number - 1)")])
        }
        let graph = try StageGraph(stages.reversed())
        #expect(graph.names.first == "s0")
        #expect(
            Planner.plan(graph, RecordedWorld(results: [:], digests: InputDigests())).stages.count
                == 50_000)
    }

    @Test func `a selection is a name, a group or a glob`() throws {
        let graph = try StageGraph([
            FakeStage("ami"), FakeStage("ami-public", group: "ami"),
            FakeStage("export-vhd", group: "export"), FakeStage("export-vmdk", group: "export"),
        ])
        #expect(try Selector.resolve("ami", in: graph) == ["ami"])
        #expect(try Selector.resolve("export", in: graph) == ["export-vhd", "export-vmdk"])
        #expect(try Selector.resolve("export-vm*", in: graph) == ["export-vmdk"])
        #expect(try Selector.resolve("*-[pv]*", in: graph).count == 3)
        #expect(try Selector.resolve([], in: graph) == nil)
        let problem = #expect(throws: Diagnostic.self) {
            try Selector.resolve("exprot", in: graph)
        }
        #expect(problem?.code == "graph.unknown-selection")
        #expect(problem?.severity == .configuration)
        #expect(problem?.hint?.hasPrefix("did you mean `export`?") == true)
        #expect(problem?.hint?.contains("`export-vmdk`") == true)
    }
}
