import AWS
import BuildGraph
import Diagnostics
import Testing

@testable import Releasing

@Suite struct EBSEncryptionTests {
    private typealias Answer = ScriptedAWS.Reply
    private let bench = StageBench()

    private func encryption(_ purposes: [String] = ["exported"]) -> EBSEncryption {
        EBSEncryption(aws: bench.aws, region: StageBench.region, purposes: purposes)
    }

    private func image(isEncrypted: Bool) async throws -> EC2Image {
        bench.aws.on(
            "DescribeImages", [:],
            .images(
                Answer.image("ami-1", snapshots: ["snap-1", "snap-2"], isEncrypted: isEncrypted)))
        return try await EC2Images(
            aws: bench.aws, region: StageBench.region, time: bench.clock
        ).require("ami-1")
    }

    @Test func `nothing is asked where images may be encrypted`() async throws {
        let context = try await bench.context("ami")
        try await encryption([]).checkSetting(context)
        try await encryption([]).checkVolumes(of: "i-1")
        #expect(bench.aws.calls.isEmpty)
    }

    @Test(arguments: [true, false])
    func `the setting alone decides before anything starts`(isOn: Bool) {
        let problem = EBSEncryption.problem(isOn: isOn, region: "r", purposes: ["exported"])
        #expect((problem?.code == "ebs.encryption-by-default") == isOn)
        #expect(problem == nil || problem?.severity == .configuration)
    }

    @Test func `an encrypted image that was made all the same is removed at once`() async throws {
        let context = try await bench.context("ami")
        let image = try await image(isEncrypted: true)
        let entry = try await context.journal.intend(LeftoverKind.image, region: "r")
        bench.aws.on("DeregisterImage", ["ImageId": "ami-1"], .empty)
        bench.aws.on(
            "DescribeSnapshots", ["Filter.1.Value.1": "snap-1"], .snapshot("snap-1"))
        bench.aws.on("DeleteSnapshot", ["SnapshotId": "snap-1"], .empty)
        bench.aws.on(
            "DescribeSnapshots", ["Filter.1.Value.1": "snap-2"], .snapshot("snap-2"))
        bench.aws.on("DeleteSnapshot", ["SnapshotId": "snap-2"], .empty)
        let error = try await #require(throws: Diagnostic.self) {
            try await encryption().require(plain: image, entry, context)
        }
        #expect(error.code == "ebs.encrypted")
        #expect(bench.aws.unused.isEmpty)
        #expect(try await bench.unfinished().isEmpty)
    }

    @Test func `a plain image is kept, and so is an encrypted one for no purpose`() async throws {
        let context = try await bench.context("ami")
        let entry = try await context.journal.intend(LeftoverKind.image, region: "r")
        try await encryption().require(plain: image(isEncrypted: false), entry, context)
        try await encryption([]).require(plain: image(isEncrypted: true), entry, context)
        #expect(bench.timeline.changes == ["intent ec2:image"])
    }
}
