import AWS
import BuildGraph
import Diagnostics
import TestSupport
import Testing

@testable import Releasing

@Suite struct ExportRequestTests {
    private typealias Answer = ScriptedAWS.Reply
    private let bench = StageBench()
    private static let refusal = Answer.error(
        "aws.ResourceCountExceeded",
        "You already reached the maximum limit (1) of active export image tasks")

    private func ask(_ context: StageContext) async throws -> String {
        try await ExportSlots().withSlot(
            region: StageBench.region, imageId: "ami-1", isRunning: false
        ) { slot in
            try await ExportRequest(
                aws: bench.aws, region: StageBench.region,
                call: ExportImage(
                    imageId: "ami-1", diskImageFormat: "VHD", bucket: "b", prefix: "p/",
                    clientToken: "token-1"),
                slot: slot, jitter: { 0.5 }
            ).accepted(context)
        }
    }

    @Test func `a refusal is waited for by the same token, and told who is in the way`()
        async throws
    {
        let other = Answer.exportTask(
            "export-ami-9", "active", tags: [ResourceNames.assetTag: "2.0"])
        bench.aws.on(
            "ExportImage", [:], Self.refusal,
            .xml(Answer.exportTask("export-ami-1", "active").children))
        bench.aws.on(
            "DescribeExportImageTasks", [:], .exportTasks(other), .exportTasks(other),
            .exportTasks(Answer.exportTask("export-ami-9", "completed")))
        #expect(try await ask(try await bench.context("export-vhd")) == "export-ami-1")
        #expect(bench.aws.calls("ExportImage").map { $0["ClientToken"] } == ["token-1", "token-1"])
        #expect(bench.clock.slept == [2, 2])
        let told = bench.messages.filter { $0.contains("`export-ami-9` of release `2.0`") }
        #expect(told.count == 3)
        #expect(bench.aws.unused.isEmpty)
    }

    @Test func `where nothing shows who is in the way, EC2 is asked again all the same`()
        async throws
    {
        bench.aws.on(
            "ExportImage", [:], Self.refusal, Self.refusal,
            .xml(Answer.exportTask("export-ami-1", "active").children))
        for _ in 0..<200 {
            bench.aws.on("DescribeExportImageTasks", [:], .error("aws.UnauthorizedOperation"))
        }
        #expect(try await ask(try await bench.context("export-vhd")) == "export-ami-1")
        let waited = bench.clock.monotonicSeconds()
        #expect(waited >= 60 && waited <= 240)
    }

    @Test func `a day is the bound, and then there is nothing to look for`() async throws {
        let rounds = 3000
        for _ in 0..<rounds {
            bench.aws.on("ExportImage", [:], Self.refusal)
        }
        let other = Answer.exportTask("export-ami-9", "active")
        for _ in 0..<(4 * rounds) {
            bench.aws.on("DescribeExportImageTasks", [:], .exportTasks(other))
        }
        let context = try await bench.context("export-vhd")
        let ended = try await #require(throws: ExportRequest.NeverBegan.self) {
            try await ask(context)
        }
        #expect((ended.cause as? Diagnostic)?.code == "export.no-room")
        let waited = bench.clock.monotonicSeconds()
        #expect(waited >= ExportPatience.boundSeconds)
        #expect(waited <= ExportPatience.boundSeconds + 120)
    }

    @Test func `any other refusal is the caller's`() async throws {
        bench.aws.on("ExportImage", [:], .error("aws.NotExportable"))
        let context = try await bench.context("export-vhd")
        let error = try await #require(throws: Diagnostic.self) { try await ask(context) }
        #expect(error.code == "aws.NotExportable")
    }
}
