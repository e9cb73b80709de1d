import AWS
import BuildGraph
import Diagnostics
import JSON
import Testing

@testable import Releasing

@Suite struct CreateAMITests {
    private typealias Answer = ScriptedAWS.Reply
    private let bench = StageBench()
    private static let own = [ResourceNames.assetTag: "1.0", ResourceNames.runTag: "run-1"]
    private static let earlier = [
        ResourceNames.assetTag: "1.0", ResourceNames.runTag: StageBench.earlierRun,
    ]

    private static let documents = InventoryDocuments(
        inventory: .init(file: "ami.inventory.json", sha256: "sha256:1", bytes: 10),
        sbom: .init(file: "ami.cdx.json", sha256: "sha256:2", bytes: 20), packages: 3)

    private func stage() throws -> CreateAMI {
        CreateAMI(
            namePrefix: "sandbox", assetId: try AssetId("1.0", location: "test"),
            region: StageBench.region, aws: bench.aws)
    }

    private func context() async throws -> StageContext {
        let machine = LaunchInstance.Outputs(
            stackName: "EC2-1", instanceId: "i-1", publicDnsName: "host.test",
            machine: Machine(
                host: "host.test", port: 22, user: "ubuntu", privateKeyPath: "/k", knownHosts: ""),
            scratchFolder: "/k")
        return try await bench.context(
            "ami",
            upstream: [
                UpstreamOutputs.Entry(
                    name: "instance", of: LaunchInstance.self, outputs: try .encoding(machine)),
                UpstreamOutputs.Entry(
                    name: "check", of: CheckMachine.self,
                    outputs: try .encoding(
                        CheckMachine.Outputs(checks: [], documents: Self.documents))),
            ])
    }

    private func tellNoImageOfThatName() {
        bench.aws.on("DescribeImages", ["Owner.1": "self"], .images())
    }

    @Test func `the image is written down before it is made, and waited for`() async throws {
        tellNoImageOfThatName()
        bench.aws.on("CreateImage", [:], .text("imageId", "ami-1"))
        bench.aws.on(
            "DescribeImages", ["ImageId.1": "ami-1"], .images(),
            .images(Answer.image("ami-1", state: "pending")),
            .images(Answer.image("ami-1", snapshots: ["snap-1", "snap-2"])))
        let context = try await context()
        let outputs = try await stage().run(context)
        #expect(
            outputs
                == .init(
                    imageId: "ami-1", snapshotIds: ["snap-1", "snap-2"], name: "sandbox-1.0",
                    documents: Self.documents))
        #expect(
            bench.timeline.changes == ["intent ec2:image", "CreateImage", "created ec2:image"])
        let call = try #require(bench.aws.calls("CreateImage").first)
        #expect(call["InstanceId"] == "i-1")
        #expect(call["Name"] == "sandbox-1.0")
        #expect(call["NoReboot"] == "false")
        #expect(await context.journal.unfinished().isEmpty)
        #expect(bench.aws.unused.isEmpty)
    }

    @Test(arguments: [[:], [ResourceNames.assetTag: "0.9"]])
    func `the name of somebody else's image is skipped`(tags: [String: String]) async throws {
        bench.aws.on(
            "DescribeImages", ["Filter.1.Value.1": "sandbox-1.0*"],
            .images(Answer.image("ami-9", tags: tags)))
        tellNewImage(named: "sandbox-1.0-r2")
        #expect(try await stage().run(try await context()).imageId == "ami-1")
        #expect(bench.timeline.changes.first == "intent ec2:image")
    }

    @Test func `the release's own older image stays, and the new one is a revision`()
        async throws
    {
        bench.aws.on(
            "DescribeImages", ["Owner.1": "self"],
            .images(
                Answer.image("ami-0", name: "sandbox-1.0", tags: Self.own),
                Answer.image("ami-2", name: "sandbox-1.0-r2", tags: Self.earlier),
                Answer.image("ami-3", name: "sandbox-1.0-r3")))
        tellNewImage(named: "sandbox-1.0-r4")
        #expect(try await stage().run(try await context()).imageId == "ami-1")
        #expect(
            bench.timeline.changes == ["intent ec2:image", "CreateImage", "created ec2:image"])
    }

    private func tellNewImage(named name: String) {
        bench.aws.on("CreateImage", ["Name": name], .text("imageId", "ami-1"))
        bench.aws.on("DescribeImages", ["ImageId.1": "ami-1"], .images(Answer.image("ami-1")))
    }

    @Test(arguments: ["aws.unknown-outcome", "aws.InvalidAMIName.Duplicate"])
    func `an image whose answer was lost is found by name and run`(code: String) async throws {
        bench.aws.on(
            "DescribeImages", ["Owner.1": "self"], .images(),
            .images(Answer.image("ami-1", state: "pending", tags: Self.own)))
        bench.aws.on("CreateImage", [:], .error(code))
        bench.aws.on("DescribeImages", ["ImageId.1": "ami-1"], .images(Answer.image("ami-1")))
        #expect(try await stage().run(try await context()).imageId == "ami-1")
        #expect(bench.timeline.place("created ec2:image") != nil)
    }

    @Test func `a name that another run took meanwhile is left, and the next one written down`()
        async throws
    {
        bench.aws.on(
            "DescribeImages", ["Filter.1.Value.1": "sandbox-1.0*"], .images())
        // Its own may only not be visible yet: looked for patiently at the refusal, and at the end.
        let looks = PatientLook.delaysSeconds.count + PatientLook.youngDelaysSeconds.count
        for _ in 0..<(3 + looks) {
            bench.aws.on(
                "DescribeImages", ["Filter.1.Value.1": "sandbox-1.0"],
                .images(Answer.image("ami-2", tags: Self.earlier)))
        }
        bench.aws.on(
            "CreateImage", ["Name": "sandbox-1.0"], .error("aws.unknown-outcome"),
            .error("aws.InvalidAMIName.Duplicate"))
        tellNewImage(named: "sandbox-1.0-r2")
        #expect(try await stage().run(try await context()).imageId == "ami-1")
        #expect(
            bench.timeline.changes == [
                "intent ec2:image", "CreateImage", "CreateImage", "intent ec2:image",
                "CreateImage", "created ec2:image", "gone ec2:image",
            ])
        #expect(try await bench.unfinished() == ["ec2:image ami-1"])
        #expect(bench.aws.unused.isEmpty)
    }

    @Test func `an image that turns up late under a name that was refused is removed`()
        async throws
    {
        bench.aws.on("DescribeImages", ["Filter.1.Value.1": "sandbox-1.0*"], .images())
        for _ in 0..<(2 + PatientLook.delaysSeconds.count) {
            bench.aws.on(
                "DescribeImages", ["Filter.1.Value.1": "sandbox-1.0"], .images())
        }
        bench.aws.on(
            "DescribeImages", ["Filter.1.Value.1": "sandbox-1.0"],
            .images(Answer.image("ami-late", snapshots: ["snap-late"], tags: Self.own)))
        bench.aws.on(
            "DescribeSnapshots", ["Filter.1.Value.1": "snap-late"], .snapshot("snap-late"))
        bench.aws.on(
            "CreateImage", ["Name": "sandbox-1.0"], .error("aws.unknown-outcome"),
            .error("aws.InvalidAMIName.Duplicate"))
        tellNewImage(named: "sandbox-1.0-r2")
        bench.aws.on("DeregisterImage", ["ImageId": "ami-late"], .empty)
        bench.aws.on("DeleteSnapshot", ["SnapshotId": "snap-late"], .empty)
        #expect(try await stage().run(try await context()).imageId == "ami-1")
        #expect(bench.aws.unused.isEmpty)
    }

    @Test func `an image that fails says why, and stays in the journal`() async throws {
        tellNoImageOfThatName()
        bench.aws.on("CreateImage", [:], .text("imageId", "ami-1"))
        bench.aws.on(
            "DescribeImages", ["ImageId.1": "ami-1"],
            .images(Answer.image("ami-1", state: "failed", reason: "Internal error")))
        let context = try await context()
        let error = try await #require(throws: Diagnostic.self) {
            try await stage().run(context)
        }
        #expect(error.code == "ami.failed")
        #expect(error.causes.contains("Internal error"))
        #expect(try await bench.unfinished() == ["ec2:image ami-1"])
    }

    @Test func `an image that an interrupted run left pending is finished`() async throws {
        try await bench.leave(
            "ec2:image", of: "ami", name: "sandbox-1.0", id: "ami-1",
            details: ["documents": try JSONValue.encoding(Self.documents).compactText])
        let pending = Answer.image("ami-1", state: "pending", tags: Self.earlier)
        bench.aws.on(
            "DescribeImages", ["ImageId.1": "ami-1"], .images(pending), .images(pending),
            .images(Answer.image("ami-1", tags: Self.earlier)))
        let context = try await bench.context("ami")
        let stage = try stage()
        #expect(try await stage.canResume(context))
        let outputs = try await stage.run(context)
        #expect(outputs.imageId == "ami-1")
        #expect(outputs.documents == Self.documents)
        #expect(await context.journal.unfinished().isEmpty)
    }

    @Test(arguments: ["failed", "other key"])
    func `what cannot be continued is removed before anything new is made`(why: String)
        async throws
    {
        let isFailed = why == "failed"
        try await bench.leave(
            "ec2:image", of: "ami", name: "sandbox-1.0", id: "ami-0",
            key: isFailed ? StageBench.key : "sha256:then")
        let old = Answer.image(
            "ami-0", state: isFailed ? "failed" : "pending", snapshots: ["snap-0"],
            tags: Self.earlier)
        bench.aws.on(
            "DescribeImages", ["ImageId.1": "ami-0"], .images(old), .images(old), .images(old))
        bench.aws.on("DeregisterImage", ["ImageId": "ami-0"], .empty)
        bench.aws.on("DescribeSnapshots", [:], .snapshot("snap-0"))
        bench.aws.on("DeleteSnapshot", ["SnapshotId": "snap-0"], .empty)
        tellNoImageOfThatName()
        bench.aws.on("CreateImage", [:], .text("imageId", "ami-1"))
        bench.aws.on("DescribeImages", ["ImageId.1": "ami-1"], .images(Answer.image("ami-1")))
        let context = try await context()
        let stage = try stage()
        #expect(try await !stage.canResume(context))
        #expect(try await stage.run(context).imageId == "ami-1")
        #expect(
            bench.timeline.changes.dropFirst(2) == [
                "DeregisterImage", "DeleteSnapshot", "gone ec2:image", "intent ec2:image",
                "CreateImage", "created ec2:image",
            ])
    }
}
