import BuildGraph
import Diagnostics
import JSON
import Testing

@Suite struct PreviewsTests {
    private static let refusal = Diagnostic(
        code: "aws.no-credentials", summary: "no credentials", hint: "log in")

    /// Two stages, of which the second reads the first.
    private func stages(
        revision: Int = 1,
        _ shows: @escaping @Sendable (StageContext, Set<StageName>) async throws -> StagePreview?
    ) -> [FakeStage] {
        [FakeStage("first"), FakeStage("second", needs: ["first"])].map { stage in
            var stage = stage
            stage.shows = shows
            stage.revision = revision
            return stage
        }
    }

    private func emit(_ fixture: GraphFixture) async throws {
        try await fixture.place().preview(try await fixture.plan(), try await fixture.world())
    }

    private static func preview(_ title: String) -> StagePreview {
        StagePreview(event: "change-set", title: title, details: ["action": "create"])
    }

    @Test func `every stage that will run is shown, in the plan's order`() async throws {
        let fixture = GraphFixture(
            stages { context, open in
                let known = try context.outputs(of: FakeStage.self).count
                return Self.preview("\(context.stage) knows \(known), open \(open.count)")
            })
        try await emit(fixture)
        let titles = fixture.events.all.compactMap { event in
            if case .preview(let preview) = event.kind { preview.title } else { nil }
        }
        #expect(titles == ["first knows 0, open 0", "second knows 0, open 1"])
        #expect(fixture.events.names == ["change-set first", "change-set second"])
        #expect(fixture.events.all.first?.json["action"] == "create")
    }

    @Test func `the recorded outputs stand for those of a stage that will run again`()
        async throws
    {
        var fixture = GraphFixture(stages { _, _ in nil })
        try await fixture.run()
        fixture.stages = stages(revision: 2) { context, _ in
            Self.preview(
                try context.outputs(of: FakeStage.self).map { "\($0.value.value)" }.joined())
        }
        try await emit(fixture)
        let titles = fixture.events.all.compactMap { event in
            if case .preview(let preview) = event.kind { preview.title } else { nil }
        }
        #expect(titles == ["", "made"])
    }

    @Test func `what is fresh is not asked, and nothing is written`() async throws {
        var fixture = GraphFixture(stages { _, _ in nil })
        try await fixture.run()
        fixture.stages = stages { _, _ in
            Issue.record("a fresh stage was asked")
            return nil
        }
        let before = try await fixture.store.loadAll().count
        try await emit(fixture)
        #expect(try await fixture.store.loadAll().count == before)
    }

    @Test func `where nobody may ask, one warning is enough`() async throws {
        let fixture = GraphFixture(stages { _, _ in throw Self.refusal })
        try await emit(fixture)
        #expect(fixture.events.warnings == ["what would change cannot be shown: no credentials"])
    }
}
