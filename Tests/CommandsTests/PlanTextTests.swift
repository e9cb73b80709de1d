import TestSupport
import Testing

@testable import Commands

@Suite struct PlanTextTests {
    /// Each stream by itself: here standard output is a terminal, standard error is none.
    @Test(arguments: [("plan", "plan-coloured.txt"), ("status", "status-coloured.txt")])
    func `states have colours on a terminal, and nothing is wider than it`(
        command: String, golden: String
    ) async throws {
        let bench = try CommandBench()
        try await bench.recordAll()
        try bench.folder.write("ansible/sandbox.yml", "# another\n")
        let terminal = TerminalSize(columns: 60, rows: 24)
        let outcome = await bench.run([command, "MANIFEST"], on: terminal)
        for line in outcome.output.split(separator: "\n") {
            #expect(line.replacing(/\u{1B}\[[0-9;]*m/, with: "").count <= 60)
        }
        let plain = await bench.run(
            [command, "MANIFEST"], variables: ["NO_COLOR": "1"], on: terminal)
        #expect(plain.output == outcome.output.replacing(/\u{1B}\[[0-9;]*m/, with: ""))
        let events = await bench.run([command, "MANIFEST", "--json"], on: terminal)
        #expect(!events.output.contains("\u{1B}"))
        try GoldenFile(golden).check(outcome.text.replacing("\u{1B}", with: "␛"))
    }

    /// Compares what commands write about the release; each is a file of that name.
    private func check(_ bench: CommandBench, _ commands: [(name: String, line: [String])])
        async throws
    {
        var problems: [any Error] = []
        for (name, line) in commands {
            do {
                try GoldenFile("\(name).txt").check(await bench.run(line).text)
            } catch {
                problems.append(error)
            }
        }
        for problem in problems { Issue.record(problem) }
    }

    @Test func `a release of which nothing is recorded`() async throws {
        try await check(
            CommandBench(),
            [
                ("new-plan", ["plan", "MANIFEST"]),
                ("new-plan-explained", ["plan", "MANIFEST", "--explain", "--detailed-exitcode"]),
                ("new-plan-events", ["plan", "MANIFEST", "--json"]),
                ("new-status", ["status", "MANIFEST"]),
                ("new-why", ["why", "MANIFEST", "export-vmdk"]),
                ("new-graph", ["graph", "MANIFEST"]),
                ("new-graph-dot", ["graph", "MANIFEST", "--format", "dot"]),
                ("new-graph-mermaid", ["graph", "MANIFEST", "--format", "mermaid"]),
                ("new-graph-svg", ["graph", "MANIFEST", "--format", "svg"]),
            ])
    }

    @Test func `a release that is up to date, and one whose role was edited`() async throws {
        let bench = try CommandBench()
        try await bench.recordAll()
        try await check(
            bench,
            [
                ("fresh-plan", ["plan", "MANIFEST", "--explain", "--detailed-exitcode"]),
                ("fresh-status", ["status", "MANIFEST"]),
                ("fresh-why", ["why", "MANIFEST", "export-vmdk"]),
            ])
        try bench.folder.write("ansible/sandbox.yml", "# another\n")
        try await check(
            bench,
            [
                ("edited-plan", ["plan", "MANIFEST"]),
                ("edited-plan-explained", ["plan", "MANIFEST", "--explain"]),
                ("edited-status", ["status", "MANIFEST"]),
                ("edited-status-events", ["status", "MANIFEST", "--json"]),
                ("edited-why", ["why", "MANIFEST", "export-vmdk"]),
                ("edited-why-events", ["why", "MANIFEST", "export-vmdk", "--json"]),
            ])
    }
}
