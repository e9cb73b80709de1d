import TestSupport
import Testing

@testable import Commands

@Suite struct PlanTextTests {
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
