import Foundation
import JSON
import TestSupport
import Testing

@testable import BuildGraph

@Suite struct GraphDrawingTests {
    @Test func `drawings quote names and show states`() throws {
        let graph = try StageGraph([
            FakeStage("a\"b\\<c>#", lifetime: .ephemeral), FakeStage("end", needs: ["a\"b\\<c>#"]),
        ])
        let plan = Planner.plan(graph, RecordedWorld(results: [:], digests: InputDigests()))
        let drawing = GraphDrawing(graph, plan: plan)
        #expect(drawing.dot.contains(#""a\"b\\<c>#" -> "end";"#))
        #expect(drawing.dot.contains("fillcolor=\"#ffcc80\""))
        #expect(drawing.mermaid.contains(##"s0(["a#quot;b\#lt;c#gt;#35;<br/>run"]):::run"##))
        #expect(drawing.mermaid.contains("s0 --> s1"))
        #expect(drawing.text.contains("end       run      durable    <- a\"b\\<c>#"))
        #expect(drawing.json["stages"]?.arrayValue?.count == 2)
        #expect(!GraphDrawing(graph).mermaid.contains("classDef"))
        #expect(drawing.svg.contains("<title>end: run: never ran</title>"))
        #expect(drawing.svg.contains("a&quot;b\\&lt;c&gt;#</text>"))
    }

    @Test func `a legend explains the states that are shown`() throws {
        let graph = try StageGraph([FakeStage("a"), FakeStage("b", lifetime: .ephemeral)])
        let plan = Planner.plan(graph, RecordedWorld(results: [:], digests: InputDigests()))
        let (full, bare) = (GraphDrawing(graph, plan: plan), GraphDrawing(graph))
        for text in [full.dot, full.mermaid, full.svg] {
            for word in ["fresh: up to date", "run: will run", "blocked: cannot run"] {
                #expect(text.contains(word))
            }
        }
        for text in [bare.dot, bare.mermaid, bare.svg] {
            #expect(!text.contains("up to date"))
            #expect(text.contains("ephemeral: only during a run"))
        }
        let plain = GraphDrawing(try StageGraph([FakeStage("a")]))
        for text in [plain.dot, plain.mermaid] { #expect(!text.contains("Legend")) }
    }

    @Test func `an edge that follows from others is not drawn`() throws {
        let graph = try StageGraph([
            FakeStage("a"), FakeStage("b", needs: ["a"]), FakeStage("c", needs: ["a", "b"]),
        ])
        let drawing = GraphDrawing(graph)
        #expect(!drawing.dot.contains("\"a\" -> \"c\""))
        #expect(drawing.mermaid.contains("s1 --> s2"))
        #expect(!drawing.mermaid.contains("s0 --> s2"))
        #expect(drawing.text.contains("<- a, b"))
    }

    /// Everything that each needs, however indirectly.
    private func reach(_ upstream: [[Int]]) -> [Set<Int>] {
        upstream.reduce(into: []) { reach, needed in
            reach.append(needed.reduce(into: Set(needed)) { $0.formUnion(reach[$1]) })
        }
    }

    @Test(arguments: 0..<60) func `what is left says all and nothing twice`(seed: Int) throws {
        let graph = try StageGraph(RandomPipeline(seed: UInt64(seed), count: 14).stages(Log()))
        let reduced = GraphReduction.reduced(graph.upstream)
        let whole = reach(graph.upstream)
        #expect(reach(reduced) == whole)
        for (number, needed) in reduced.enumerated() {
            #expect(Set(needed).isSubset(of: graph.upstream[number]))
            for one in needed {
                var fewer = reduced
                fewer[number].removeAll { $0 == one }
                #expect(reach(fewer) != whole, "\(one) -> \(number)")
            }
        }
    }

    @Test(arguments: 0..<40) func `boxes stand apart, and edges go to the right between them`(
        seed: Int
    ) throws {
        let graph = try StageGraph(RandomPipeline(seed: UInt64(seed), count: 14).stages(Log()))
        let edges = GraphDrawing(graph).edges
        let layout = GraphLayout(count: graph.stages.count, edges: edges, boxWidth: 100)
        func isWithin(_ point: GraphLayout.Point, _ corner: GraphLayout.Point) -> Bool {
            (corner.x..<corner.x + 100).contains(point.x)
                && (corner.y..<corner.y + GraphLayout.boxHeight).contains(point.y)
        }
        for (number, corner) in layout.corners.enumerated() {
            #expect(corner.x >= 0 && corner.x + 100 <= layout.width)
            #expect(corner.y >= 0 && corner.y + GraphLayout.boxHeight <= layout.height)
            for other in layout.corners[..<number] where other.x == corner.x {
                #expect(abs(other.y - corner.y) >= GraphLayout.boxHeight)
            }
        }
        for (edge, way) in zip(edges, layout.ways) {
            #expect(way.first?.x == layout.corners[edge.from].x + 100)
            #expect(way.last?.x == layout.corners[edge.to].x)
            for (from, to) in zip(way, way.dropFirst()) { #expect(from.x < to.x) }
            for point in way.dropFirst().dropLast() {
                #expect(!layout.corners.contains { isWithin(point, $0) })
            }
        }
    }
}
