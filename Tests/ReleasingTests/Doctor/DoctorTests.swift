import BuildGraph
import Diagnostics
import Foundation
import JSON
import Synchronization
import TestSupport
import Testing

@testable import Releasing

@Suite struct DoctorTests {
    private struct FakeCheck: HealthCheck {
        let name: String
        var needs: [String] = []
        var delaySeconds = 0.0
        let answer: @Sendable () throws -> HealthFinding

        func run(_ context: DoctorContext) async throws -> HealthFinding {
            try await Task.sleep(for: .seconds(delaySeconds))
            return try answer()
        }
    }

    private func examine(
        _ checks: [any HealthCheck], limitSeconds: Double = 3600
    ) async throws -> [String] {
        let context = DoctorContext(
            manifest: try ManifestFixture().read(), services: StageBench().services,
            recorded: RecordedRealms([], [], location: "out"), verifies: false,
            expectedSeconds: 60, temporaryFolder: "/nowhere")
        let told = Mutex<[Doctor.Answer]>([])
        let doctor = Doctor(context: context, checks: checks, limitSeconds: limitSeconds)
        let answers = try await doctor.examine { answer in told.withLock { $0.append(answer) } }
        #expect(told.withLock { $0 } == answers)
        return answers.map { "\($0.name) \($0.finding.status.rawValue)" }
    }

    @Test func `answers come in the order of the list, whichever is ready first`() async throws {
        let found = try await examine([
            FakeCheck(name: "slow", delaySeconds: 0.2) { .ok("a") },
            FakeCheck(name: "quick") { .ok("b") },
        ])
        #expect(found == ["slow ok", "quick ok"])
    }

    @Test func `what rests on a failure is skipped, and what rests on that too`() async throws {
        let found = try await examine([
            FakeCheck(name: "a") { .failed("no", hint: "do") },
            FakeCheck(name: "b", needs: ["a"]) { .ok("") },
            FakeCheck(name: "c", needs: ["b"]) { .ok("") },
            FakeCheck(name: "d") { .warning("maybe", hint: "look") },
            FakeCheck(name: "e", needs: ["d"]) { .ok("") },
        ])
        #expect(found == ["a failed", "b skipped", "c skipped", "d warning", "e ok"])
    }

    @Test func `no check takes longer than its limit`() async throws {
        let found = try await examine(
            [FakeCheck(name: "stuck", delaySeconds: 7200) { .ok("") }], limitSeconds: 0.1)
        #expect(found == ["stuck warning"])
    }

    @Test(arguments: [
        ("aws.AccessDenied", "warning"), ("aws.UnauthorizedOperation", "warning"),
        ("aws.AccessDeniedException", "warning"), ("aws.NoSuchBucket", "failed"),
    ])
    func `a refused question is a warning, any other error a failure`(
        code: String, status: String
    ) async throws {
        let found = try await examine([
            FakeCheck(name: "x") { throw Diagnostic(code: code, summary: "said no") }
        ])
        #expect(found == ["x \(status)"])
    }

    @Test func `several findings are as bad as the worst`() {
        let merged = HealthFinding.merged([
            .ok("a"), .failed("b", hint: "x"), .warning("c", hint: "y"), .failed("d", hint: "x"),
        ])
        #expect(merged == .failed("b; d", hint: "x"))
        #expect(HealthFinding.merged([.ok("a"), .ok("a")]) == .ok("a"))
    }

    @Test(arguments: [
        ([RealmVerdict.same], 0, HealthFinding.Status.ok, "are of the account"),
        ([.same, .gone], 0, .warning, "a local cloud that is gone"),
        ([.gone, .differs(recorded: "account 1", present: "account 2")], 0, .failed, "account 1"),
        ([.notCompared], 0, .warning, "nobody says"),
        ([], 3, .ok, "3 of the results in `out` are not bound"),
    ])
    func `whose results are recorded is one line`(
        verdicts: [RealmVerdict], unbound: Int, status: HealthFinding.Status, words: String
    ) {
        let record = ResultRecord(
            stage: "ami", assetId: "1.0", status: .succeeded,
            run: RecordedRun(
                key: "k", inputs: [:], outputs: [:], startedAt: "", finishedAt: "", seconds: 0,
                runId: "r", tool: "t"))
        let recorded = RecordedRealms(
            Array(repeating: record, count: unbound), [], location: "out")
        let finding = ResultsCheck.finding(verdicts, recorded)
        #expect(finding.status == status)
        #expect(finding.message.contains(words))
    }
}
