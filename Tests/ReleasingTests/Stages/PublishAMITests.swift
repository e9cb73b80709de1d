import BuildGraph
import Diagnostics
import JSON
import Testing

@testable import Releasing

@Suite struct PublishAMITests {
    private let bench = StageBench()

    private func run(isPublic: Bool) async throws -> PublishAMI.Outputs {
        let image = CreateAMI.Outputs(imageId: "ami-1", snapshotIds: [], name: "sandbox-1.0")
        let copy = CopyAMI.Outputs(
            imageId: "ami-2", region: "us-east-1", snapshotIds: [], name: "sandbox-1.0")
        let stage = PublishAMI(
            isPublic: isPublic, region: StageBench.region, copies: ["ami-copy-us-east-1"],
            verifications: [],
            aws: bench.aws)
        let context = try await bench.context(
            stage.name,
            upstream: [
                .init(name: "ami", of: CreateAMI.self, outputs: try .encoding(image)),
                .init(
                    name: "ami-copy-us-east-1", of: CopyAMI.self, outputs: try .encoding(copy)),
            ])
        for image in ["ami-1", "ami-2"] {
            bench.aws.on(
                "DescribeImages", ["Owner.1": "self", "ImageId.1": image],
                .images(ScriptedAWS.Reply.image(image)))
        }
        return try await stage.run(context)
    }

    @Test(arguments: [true, false])
    func `what is so already is only looked at`(isPublic: Bool) async throws {
        bench.aws.on(
            "DescribeImageAttribute", [:], .permission(isPublic: isPublic),
            .permission(isPublic: isPublic))
        let outputs = try await run(isPublic: isPublic)
        #expect(outputs.public == isPublic)
        #expect(outputs.images == [StageBench.region: "ami-1", "us-east-1": "ami-2"])
        #expect(bench.aws.calls.count == 4)
        #expect(Set(bench.aws.calls.map(\.region)) == [StageBench.region, "us-east-1"])
    }

    @Test(arguments: [true, false])
    func `what is not so is changed in its own region and read back`(isPublic: Bool) async throws {
        bench.aws.on(
            "DescribeImageAttribute", ["ImageId": "ami-1"], .permission(isPublic: isPublic))
        bench.aws.on(
            "DescribeImageAttribute", ["ImageId": "ami-2"], .permission(isPublic: !isPublic),
            .permission(isPublic: isPublic))
        let field = "LaunchPermission.\(isPublic ? "Add" : "Remove").1.Group"
        bench.aws.on("ModifyImageAttribute", ["ImageId": "ami-2", field: "all"], .empty)
        _ = try await run(isPublic: isPublic)
        #expect(bench.aws.calls("ModifyImageAttribute").map(\.region) == ["us-east-1"])
        #expect(bench.aws.unused.isEmpty)
    }

    @Test func `an account that blocks public images is told how to allow them`() async throws {
        bench.aws.on(
            "DescribeImageAttribute", ["ImageId": "ami-1"], .permission(isPublic: false))
        bench.aws.on(
            "DescribeImageAttribute", ["ImageId": "ami-2"], .permission(isPublic: false),
            .permission(isPublic: true))
        bench.aws.on(
            "ModifyImageAttribute", ["ImageId": "ami-1"], .error("aws.OperationNotPermitted"))
        bench.aws.on("ModifyImageAttribute", ["ImageId": "ami-2"], .empty)
        let error = try await #require(throws: Diagnostic.self) { try await run(isPublic: true) }
        #expect(error.code == "aws.OperationNotPermitted")
        #expect(
            error.hint?.contains(
                "aws ec2 disable-image-block-public-access --region eu-central-1") == true)
        // The other region did not wait for this one.
        #expect(bench.aws.unused.isEmpty)
    }

    @Test func `a change that did not come about is an error`() async throws {
        bench.aws.on(
            "DescribeImageAttribute", [:], .permission(isPublic: false),
            .permission(isPublic: false), .permission(isPublic: false),
            .permission(isPublic: false))
        bench.aws.on("ModifyImageAttribute", [:], .empty, .empty)
        let error = try await #require(throws: Diagnostic.self) { try await run(isPublic: true) }
        #expect(error.code == "ami.permission-unchanged")
        #expect(error.summary.contains("eu-central-1"))
        #expect(error.causes.contains { $0.contains("us-east-1") })
    }
}
