import BuildGraph
import Diagnostics
import JSON
import TestSupport
import Testing

@Suite struct PlanFileTests {
    private let folder: TemporaryFolder
    private var fixture: GraphFixture

    init() throws {
        folder = try TemporaryFolder()
        try folder.write("tree/x.yml", "one")
        fixture = GraphFixture(Self.stages(1))
        fixture.root = folder.path
    }

    private static func stages(_ setting: JSONValue) -> [FakeStage] {
        [
            FakeStage(
                "a", inputs: [.setting(pointer: "/a", value: setting), .folder(path: "tree")]),
            FakeStage("b", needs: ["a"]),
        ]
    }

    private func planned(_ selection: Selection = Selection()) async throws -> PlanFile {
        let file = PlanFile(
            try await fixture.plan(selection), try await fixture.world(), assetId: "1.0")
        let text = file.json.prettyText
        let read = try PlanFile(
            json: try JSONValue.parse(Array(text.utf8), source: "plan"), source: "plan")
        #expect(read == file)
        return read
    }

    private func refusal(_ file: PlanFile) async throws -> [String] {
        let problem = await #expect(throws: Diagnostic.self) {
            try await fixture.run(file.selection) { $0.expectedPlan = file }
        }
        #expect(problem?.code == "plan.moved")
        #expect(problem?.severity == .configuration)
        return problem?.causes ?? []
    }

    @Test func `a plan that still holds is done`() async throws {
        let file = try await planned(Selection(only: ["b"]))
        #expect(file.selection.only == ["b"])
        let summary = try await fixture.run(file.selection) { $0.expectedPlan = file }
        #expect(summary.statuses == ["succeeded a", "succeeded b"])
        #expect(try await refusal(file).contains("result of stage b changed"))
    }

    @Test func `a plan whose files, settings or results moved is refused`() async throws {
        var copy = self
        let file = try await planned()
        try folder.write("tree/x.yml", "two")
        try folder.write("tree/y.yml", "new")
        #expect(
            try await refusal(file) == ["file tree/x.yml changed", "file tree/y.yml added"])
        try folder.write("tree/x.yml", "one")
        try folder.remove("tree/y.yml")
        copy.fixture.stages = Self.stages(2)
        #expect(try await copy.refusal(file) == ["setting /a changed"])
        copy.fixture.stages = [FakeStage("b")]
        #expect(try await copy.refusal(file).contains("stage a is no longer planned"))
    }

    @Test func `another file is no plan`() {
        for json: JSONValue in [[], ["schema": "dssbatch.plan/2"], ["schema": "dssbatch.plan/1"]] {
            let problem = #expect(throws: Diagnostic.self) {
                try PlanFile(json: json, source: "x.json")
            }
            #expect(problem?.code == "plan.unreadable")
        }
    }

    @Test func `what if takes files and folders for changed`() async throws {
        try await fixture.run()
        let file = try await fixture.plan(Selection(whatIf: ["./tree/x.yml"]))
        #expect(file.reasons("a") == ["what if: file tree/x.yml changed"])
        #expect(file.states == ["run a", "maybe b"])
        #expect(
            try await fixture.plan(Selection(whatIf: ["tree/"])).reasons("a")
                == ["what if: file tree/x.yml changed"])
        #expect(
            try await fixture.plan(Selection(whatIf: ["tree/new.yml"])).reasons("a")
                == ["what if: file tree/new.yml changed"])
        #expect(try await fixture.plan(Selection(whatIf: ["elsewhere"])).isFresh)
    }

    @Test(arguments: [false, true])
    func `a file that changes while a stage reads it leaves a result that is not fresh`(
        isMachine: Bool
    ) async throws {
        let folder = folder
        var reader = FakeStage("reader", inputs: [.folder(path: "tree")])
        if isMachine { reader.lifetime = .ephemeral }
        reader.body = { _ in
            try folder.write("tree/x.yml", "changed meanwhile")
            return "read"
        }
        var fixture = fixture
        fixture.stages = [reader, FakeStage("end", needs: ["reader"])]
        let summary = try await fixture.run()
        let stage: StageName = isMachine ? "end" : "reader"
        #expect(summary[stage]?.status == .succeeded)
        #expect(summary[stage]?.changedFiles == ["tree/x.yml"])
        #expect(summary.status == .failed)
        #expect(fixture.events.warnings.contains { $0.contains("`tree/x.yml` changed while") })
        #expect(try await fixture.plan().reasons(stage) == ["file tree/x.yml changed"])
        // Not even taking the change back makes it fresh: nobody knows what was read.
        try folder.write("tree/x.yml", "one")
        #expect(try await fixture.plan().reasons(stage) == ["file tree/x.yml changed"])
    }
}
