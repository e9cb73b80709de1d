import BuildGraph
import Diagnostics
import Foundation
import JSON
import TestSupport
import Testing

@Suite(.serialized) struct PlanCostTests {
    /// Stages in a hundred chains, each with a setting and a file.
    private func stages(_ count: Int) -> [FakeStage] {
        (0..<count).map { number in
            FakeStage(
                StageName(rawValue: "s\(number)"),
                needs: number < 100 ? [] : [StageName(rawValue: "s\(number - 100)")],
                inputs: [
                    .setting(pointer: "/s/\(number)", value: .integer(Int64(number))),
                    .file(path: "in/\(number % 1000)/\(number)"),
                ])
        }
    }

    private func seconds(_ work: () async throws -> Void) async rethrows -> Double {
        let executor = CountingExecutor()
        try await withTaskExecutorPreference(executor, operation: work)
        return executor.seconds
    }

    /// The processor time that a plan of that many fresh stages takes, from a cold start of the
    /// program's own objects: the stat cache, every result file, every input.
    private func planSeconds(_ count: Int) async throws -> Double {
        let folder = try TemporaryFolder()
        for number in 0..<count { try folder.write("in/\(number % 1000)/\(number)", "\(number)") }
        usleep(80_000)
        var fixture = GraphFixture(stages(count))
        fixture.root = folder.path
        fixture.cachePath = "\(folder.path)/.digests"
        try await fixture.run()
        // Copied, because saving thousands of results with an fsync each takes minutes.
        for (name, result) in try await fixture.store.loadAll() {
            let record = try #require(result.record)
            try folder.write("out/1.0/\(name).json", record.json.prettyText)
        }
        fixture.store = FolderResultStore(root: "\(folder.path)/out", assetId: "1.0")
        var best = Double.infinity
        for _ in 0..<5 {
            let graph = try fixture.graph()
            let took = try await seconds {
                let digester = InputDigester(root: folder.path, cachePath: fixture.cachePath)
                let world = try await RecordedWorld.read(
                    graph, store: fixture.store, digester: digester, journal: [])
                #expect(Planner.plan(graph, world).isFresh)
            }
            best = min(best, took)
        }
        return best
    }

    @Test func `a plan's cost grows with the number of stages, not with its square`() async throws {
        let small = try await planSeconds(200)
        let large = try await planSeconds(1600)
        print("plan of 200 fresh stages: \(small * 1000) ms; of 1600: \(large * 1000) ms")
        // Eight times as many: square cost would be sixty-four times, and noise is not threefold.
        #expect(large < small * 24)
    }
}
