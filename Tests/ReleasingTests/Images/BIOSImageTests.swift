import AWS
import BuildGraph
import Diagnostics
import Testing

@testable import Releasing

@Suite struct BIOSImageTests {
    private struct Unexpected: Error { let outcome: LeftoverOutcome }

    private typealias Answer = ScriptedAWS.Reply
    private let bench = StageBench()
    private static let stage: StageName = "export-vhd"
    private static let source = ["sourceImageId": "ami-1"]

    private var bios: BIOSImage {
        BIOSImage(
            aws: bench.aws, region: StageBench.region, assetId: "1.0", ownTags: .none,
            sourceId: "ami-1")
    }

    private func tags(run: String) -> [String: String] {
        Answer.made(by: run).merging([ResourceNames.exportOfTag: "ami-1"]) { $1 }
    }

    @Test func `a BIOS image has the same snapshots, boots by BIOS, and is written down first`()
        async throws
    {
        bench.aws.on(
            "DescribeImages", ["ImageId.1": "ami-1"],
            .images(Answer.image("ami-1", snapshots: ["snap-1", "snap-2"])))
        bench.aws.on("RegisterImage", [:], .text("imageId", "ami-2"))
        bench.aws.on("DescribeImages", ["ImageId.1": "ami-2"], .images(Answer.image("ami-2")))
        #expect(try await bios.made(try await bench.context(Self.stage)) == "ami-2")
        #expect(
            bench.timeline.changes == [
                "intent ec2:bios-image", "RegisterImage",
                "created ec2:bios-image",
            ])
        let call = try #require(bench.aws.calls("RegisterImage").first)
        #expect(call["BlockDeviceMapping.1.Ebs.SnapshotId"] == "snap-1")
        #expect(call["BlockDeviceMapping.2.Ebs.SnapshotId"] == "snap-2")
        #expect(call["RootDeviceName"] == "/dev/sda1")
        #expect(call["BootMode"] == "legacy-bios")
        #expect(call["TagSpecification.1.ResourceType"] == "image")
        #expect(call["TagSpecification.1.Tag.3.Value"] == "ami-1")
    }

    @Test(arguments: [nil, "ami-2"])
    func `the BIOS image of an interrupted run is used, its id known or not`(id: String?)
        async throws
    {
        let entry = try await bench.leave(
            "ec2:bios-image", of: Self.stage, name: "dss-export-ami-1-abcde", id: id,
            details: Self.source)
        bench.aws.on(
            "DescribeImages", [:],
            .images(Answer.image("ami-2", tags: tags(run: entry.runId))))
        #expect(try await bios.made(try await bench.context(Self.stage)) == "ami-2")
        #expect(try await bench.unfinished() == ["ec2:bios-image ami-2"])
        #expect(bench.aws.calls.map(\.action) == ["DescribeImages"])
    }

    @Test func `another image's BIOS image is not used`() async throws {
        try await bench.leave(
            "ec2:bios-image", of: Self.stage, id: "ami-9",
            details: ["sourceImageId": "ami-0"])
        bench.aws.on("DescribeImages", [:], .images(Answer.image("ami-1", snapshots: ["snap-1"])))
        bench.aws.on("RegisterImage", [:], .text("imageId", "ami-2"))
        bench.aws.on("DescribeImages", [:], .images(Answer.image("ami-2")))
        #expect(try await bios.made(try await bench.context(Self.stage)) == "ami-2")
    }

    @Test func `its removal spares the snapshots`() async throws {
        let entry = try await bench.leave(
            "ec2:bios-image", of: Self.stage, id: "ami-2", details: Self.source)
        bench.aws.on(
            "DescribeImages", [:],
            .images(Answer.image("ami-2", snapshots: ["snap-1"], tags: tags(run: entry.runId))))
        bench.aws.on("DeregisterImage", ["ImageId": "ami-2"], .empty)
        let outcome = try await LeftoverRemoval(services: bench.services).remove(
            Leftover(entry), onProgress: { _, _ in })
        #expect(outcome == .gone)
        #expect(bench.aws.calls.map(\.action) == ["DescribeImages", "DeregisterImage"])
    }

    @Test func `an entry cannot make a released image a BIOS image`() async throws {
        let entry = try await bench.leave(
            "ec2:bios-image", of: Self.stage, id: "ami-1", details: Self.source)
        bench.aws.on(
            "DescribeImages", [:],
            .images(Answer.image("ami-1", tags: Answer.made(by: entry.runId))))
        let outcome = try await LeftoverRemoval(services: bench.services).remove(
            Leftover(entry), onProgress: { _, _ in })
        guard case .notOurs = outcome else { throw Unexpected(outcome: outcome) }
        #expect(bench.aws.calls("DeregisterImage").isEmpty)
    }

    @Test func `of images only those that boot both ways are needing`() async throws {
        let cases: [(mode: String?, isEncrypted: Bool, codes: [String], helps: Bool)] = [
            ("uefi-preferred", false, [], true), ("uefi-preferred", true, [], false),
            ("uefi-preferred", false, ["code"], false), ("uefi", false, [], false),
            ("legacy-bios", false, [], false), (nil, false, [], false),
        ]
        for (mode, isEncrypted, codes, helps) in cases {
            var node = Answer.image("ami-1", snapshots: ["snap-1"], isEncrypted: isEncrypted)
            if let mode { node.children.append(XMLNode("bootMode", text: mode)) }
            node.children.append(
                XMLNode(
                    "productCodes",
                    codes.map { XMLNode("item", [XMLNode("productCode", text: $0)]) }))
            bench.aws.on("DescribeImages", [:], .images(node))
            let page = try await bench.aws.call(DescribeImages(), region: StageBench.region)
            #expect(ExportRefusal.isOfBootMode(try #require(page.items.first)) == helps)
        }
    }
}
