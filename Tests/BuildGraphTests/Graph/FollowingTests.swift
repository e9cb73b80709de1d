import BuildGraph
import Diagnostics
import JSON
import Testing

@Suite struct FollowingTests {
    private let log = Log()

    /// `page` follows `image`, and reads nothing of it.
    private func stages(image value: String = "1", fails: Bool = false) -> [FakeStage] {
        var page = FakeStage("page")
        page.follows = ["image"]
        page.body = { [log] _ in
            log.add("page")
            return "page"
        }
        var image = FakeStage(
            "image", inputs: [.setting(pointer: "/image", value: .string(value))])
        image.body = { [log] _ in
            // Whatever does not wait for it has every chance to come first.
            for _ in 0..<100 { await Task.yield() }
            if fails { throw Diagnostic(code: "x", summary: "x") }
            log.add("image")
            return value
        }
        return [page, image]
    }

    @Test func `what follows another begins after its end and does not rest on it`() async throws {
        var fixture = GraphFixture(stages())
        #expect(try await fixture.run().status == .succeeded)
        #expect(log.all == ["image", "page"])
        log.clear()
        fixture.stages = stages(image: "2")
        #expect(try await fixture.plan().names(.run) == ["image"])
        #expect(try await fixture.run().status == .succeeded)
        #expect(log.all == ["image"])
    }

    @Test func `where the other fails, it is not begun`() async throws {
        let fixture = GraphFixture(stages(fails: true))
        let summary = try await fixture.run { $0.keepGoing = true }
        #expect(summary["page"]?.status == .blocked)
        #expect(log.all.isEmpty)
    }

    @Test func `by itself it waits for nothing`() async throws {
        let fixture = GraphFixture(stages())
        #expect(try await fixture.run(Selection(only: ["page"])).status == .succeeded)
        #expect(log.all == ["page"])
    }

    @Test func `a plan's time is that of its longest way`() async throws {
        let seconds: [(FakeStage, Double)] = [
            (FakeStage("a"), 10), (FakeStage("b", needs: ["a"]), 20),
            (FakeStage("c", needs: ["a"]), 30), (FakeStage("d", needs: ["b"]), 5),
            (FakeStage("e", needs: ["b"]), 6), (FakeStage("f", needs: ["a"]), 7),
            (FakeStage("new", needs: ["f"]), 0),
        ]
        let store = MemoryResultStore()
        var stages: [FakeStage] = []
        for (stage, length) in seconds {
            var stage = stage
            // One after the other.
            if ["d", "e"].contains(stage.name) { stage.pool = "one" }
            if stage.name == "f" { stage.follows = ["c"] }
            stages.append(stage)
            guard stage.name != "new" else { continue }
            var record = GraphFixture.record(stage.name)
            record.run.seconds = length
            try await store.save(record)
        }
        let plan = try await GraphFixture(stages, store: store).plan()
        #expect(plan.sums.runs == 7)
        // a and c, then f; beside them b, d and e.
        #expect(plan.sums.seconds == 47)
        let few = try await GraphFixture(stages, store: store).plan(
            Selection(skip: ["c", "f", "new"]))
        #expect(few.sums.seconds == 41)
    }
}
