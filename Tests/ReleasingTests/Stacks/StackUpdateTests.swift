import BuildGraph
import Diagnostics
import Synchronization
import Testing

@testable import Releasing

@Suite struct StackUpdateTests {
    private let timeline = Timeline()

    /// - Parameter revision: of the firewall; another one makes the recorded stack stale.
    private func stages(revision: Int = 1) -> [PlainStage] {
        var firewall = PlainStage("vm-bucket-waf", timeline) { ["arn": "\(revision)"] }
        firewall.revision = revision
        return [firewall, PlainStage("vm-bucket", needs: ["vm-bucket-waf"], timeline)]
    }

    private func update(_ stages: [PlainStage], _ bench: PlaceBench) async throws -> [String] {
        let said = Mutex<[String]>([])
        let summary = try await StackUpdate(of: "vm-bucket", at: bench.place(stages)).run(
            RunOptions()
        ) { text in said.withLock { $0.append(text) } }
        #expect(summary.status == .succeeded)
        return said.withLock { $0 }
    }

    @Test func `a stack that is not there is made first`() async throws {
        let bench = PlaceBench(timeline)
        #expect(try await update(stages(), bench).isEmpty)
        #expect(timeline.all == ["run vm-bucket-waf", "run vm-bucket"])
    }

    @Test func `a stack that is deployed and was not asked for stays as it is`() async throws {
        let bench = PlaceBench(timeline)
        try await bench.record(stages(), only: ["vm-bucket-waf"])
        let said = try await update(stages(revision: 2), bench)
        #expect(
            said == [
                "stack `vm-bucket-waf` is not up to date, and stays as it is: it was not asked for"
            ])
        #expect(timeline.all == ["run vm-bucket-waf", "run vm-bucket"])
    }

    @Test func `a stack that there is none of is an error`() async throws {
        let place = try PlaceBench(timeline).place(stages())
        let error = try await #require(throws: Diagnostic.self) {
            try await StackUpdate(of: "ci-codebuild", at: place).run(RunOptions()) { _ in }
        }
        #expect(error.code == "graph.unknown-selection")
    }
}
