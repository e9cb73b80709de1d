import AWS
import BuildGraph
import Diagnostics
import JSON
import Testing

@testable import Releasing

@Suite struct CopyAMITests {
    private typealias Answer = ScriptedAWS.Reply
    private let bench = StageBench()
    private static let stage = StageName(rawValue: "ami-copy-eu-central-1")
    private static let earlier = [
        ResourceNames.assetTag: "1.0", ResourceNames.runTag: StageBench.earlierRun,
    ]

    private func run(sourceName: String = "sandbox-1.0") async throws -> CopyAMI.Outputs {
        let source = CreateAMI.Outputs(imageId: "ami-s", snapshotIds: [], name: sourceName)
        let stage = CopyAMI(
            namePrefix: "sandbox", assetId: try AssetId("1.0", location: "test"),
            sourceRegion: "us-east-1",
            region: StageBench.region, aws: bench.aws)
        let context = try await bench.context(
            stage.name,
            upstream: [.init(name: "ami", of: CreateAMI.self, outputs: try .encoding(source))])
        let outputs = try await stage.run(context)
        #expect(await context.journal.unfinished().isEmpty)
        return outputs
    }

    private func leave(id: String?, source: String = "ami-s") async throws {
        try await bench.leave(
            "ec2:image", of: Self.stage, name: "sandbox-1.0", token: "token-0", id: id,
            details: ["sourceImageId": source])
    }

    /// What is copied is looked at before.
    private func tellSource() {
        bench.aws.on(
            "DescribeImages", ["Owner.1": "self", "ImageId.1": "ami-s"],
            .images(Answer.image("ami-s")))
    }

    private func tellNewCopy() {
        tellSource()
        bench.aws.on("DescribeImages", ["Owner.1": "self"], .images())
        bench.aws.on("CopyImage", [:], .text("imageId", "ami-1"))
        bench.aws.on("DescribeImages", ["ImageId.1": "ami-1"], .images(Answer.image("ami-1")))
    }

    @Test func `a copy is written down with its token before it is made`() async throws {
        tellNewCopy()
        #expect(try await run().imageId == "ami-1")
        #expect(bench.timeline.changes == ["intent ec2:image", "CopyImage", "created ec2:image"])
        let call = try #require(bench.aws.calls("CopyImage").first)
        #expect(call["SourceImageId"] == "ami-s")
        #expect(call["SourceRegion"] == "us-east-1")
        #expect(call["ClientToken"]?.isEmpty == false)
        #expect(call.region == StageBench.region)
    }

    @Test(arguments: ["ami-0", nil])
    func `a copy of the same image that is on its way is waited for`(id: String?) async throws {
        try await leave(id: id)
        let pending = Answer.image("ami-0", state: "pending", tags: Self.earlier)
        bench.aws.on(
            "DescribeImages", id == nil ? ["Owner.1": "self"] : ["ImageId.1": "ami-0"],
            .images(pending))
        bench.aws.on("DescribeImages", ["ImageId.1": "ami-0"], .images(Answer.image("ami-0")))
        #expect(try await run().imageId == "ami-0")
        #expect(bench.aws.unused.isEmpty)
    }

    @Test(arguments: [("pending", "ami-older"), ("failed", "ami-s")])
    func `a copy of another image, or one that failed, is removed first`(
        state: String, source: String
    ) async throws {
        try await leave(id: "ami-0", source: source)
        let left = Answer.image(
            "ami-0", state: state, snapshots: ["snap-0"], tags: Self.earlier)
        bench.aws.on(
            "DescribeImages", ["ImageId.1": "ami-0"],
            .images(left), .images(left))
        bench.aws.on("DeregisterImage", ["ImageId": "ami-0"], .empty)
        bench.aws.on("DescribeSnapshots", [:], .snapshot("snap-0"))
        bench.aws.on("DeleteSnapshot", ["SnapshotId": "snap-0"], .empty)
        tellNewCopy()
        #expect(try await run().imageId == "ami-1")
        #expect(
            bench.timeline.changes.suffix(6) == [
                "DeregisterImage", "DeleteSnapshot", "gone ec2:image", "intent ec2:image",
                "CopyImage", "created ec2:image",
            ])
    }

    @Test(arguments: [
        ("sandbox-1.0", "sandbox-1.0-r2"), ("sandbox-1.0-r2", "sandbox-1.0-r2"),
        ("sandbox-1.0-r5", "sandbox-1.0-r5"),
    ])
    func `a copy has its source's name, or the next free revision`(source: String, name: String)
        async throws
    {
        tellSource()
        bench.aws.on(
            "DescribeImages", ["Owner.1": "self"],
            .images(Answer.image("ami-0", tags: Self.earlier)))
        bench.aws.on("CopyImage", ["Name": name], .text("imageId", "ami-1"))
        bench.aws.on("DescribeImages", ["ImageId.1": "ami-1"], .images(Answer.image("ami-1")))
        #expect(try await run(sourceName: source).imageId == "ami-1")
        #expect(bench.aws.unused.isEmpty)
    }

    @Test func `an adopted image's name is revised as it is`() async throws {
        tellSource()
        bench.aws.on(
            "DescribeImages", ["Filter.1.Value.1": "golden-r2*"],
            .images(Answer.image("ami-9", name: "golden-r2")))
        bench.aws.on("CopyImage", ["Name": "golden-r2-r2"], .text("imageId", "ami-1"))
        bench.aws.on("DescribeImages", ["ImageId.1": "ami-1"], .images(Answer.image("ami-1")))
        #expect(try await run(sourceName: "golden-r2").imageId == "ami-1")
    }
}
