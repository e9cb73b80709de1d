import Diagnostics
import JSON
import Testing

@testable import Releasing

@Suite struct SourceAMITests {
    private let bench = StageBench()

    private func run(_ base: ReleaseManifest.BaseImage) async throws -> SourceAMI.Outputs {
        let stage = SourceAMI(base: base, region: StageBench.region, aws: bench.aws)
        return try await stage.run(try await bench.context(stage.name))
    }

    private let newest = ReleaseManifest.BaseImage.newest(
        owner: "099", architecture: "x86_64", name: "ubuntu-*")

    @Test func `the newest image counts, wherever it stands in the list`() async throws {
        bench.aws.on(
            "DescribeImages", [:],
            .images(
                ScriptedAWS.Reply.image("ami-1", created: "2026-02-01T00:00:00.000Z"),
                ScriptedAWS.Reply.image("ami-2", created: "2026-03-01T00:00:00.000Z"),
                ScriptedAWS.Reply.image("ami-3", created: "2026-01-01T00:00:00.000Z")))
        let outputs = try await run(newest)
        #expect(outputs.imageId == "ami-2")
        #expect(outputs.creationDate == "2026-03-01T00:00:00.000Z")
        #expect(outputs.rootDeviceName == "/dev/sda1")
        let call = try #require(bench.aws.calls.first)
        #expect(call["Owner.1"] == "099")
        #expect(call.region == StageBench.region)
        let values = call.fields.filter { $0.name.hasSuffix("Value.1") }.map(\.value)
        #expect(values == ["ubuntu-*", "x86_64", "available", "ebs", "hvm"])
    }

    @Test(arguments: [false, true])
    func `of two images of the same moment the answer does not depend on their order`(
        isReversed: Bool
    ) async throws {
        let images = ["ami-1", "ami-2"].map { ScriptedAWS.Reply.image($0) }
        bench.aws.on(
            "DescribeImages", [:],
            isReversed ? .images(images[1], images[0]) : .images(images[0], images[1]))
        #expect(try await run(newest).imageId == "ami-2")
    }

    @Test func `an image that is not available does not count`() async throws {
        bench.aws.on(
            "DescribeImages", [:],
            .images(
                ScriptedAWS.Reply.image("ami-1"),
                ScriptedAWS.Reply.image(
                    "ami-2", state: "pending", created: "2027-01-01T00:00:00.000Z")))
        #expect(try await run(newest).imageId == "ami-1")
    }

    @Test func `no image at all is an error that says where to look`() async throws {
        bench.aws.on("DescribeImages", [:], .images())
        let error = try await #require(throws: Diagnostic.self) { try await run(newest) }
        #expect(error.code == "source-ami.no-match")
        #expect(error.location == "/ami/base")
        #expect(error.summary.contains("`ubuntu-*`"))
        #expect(error.hint != nil)
    }

    @Test func `an id is looked up as it is`() async throws {
        bench.aws.on(
            "DescribeImages", ["ImageId.1": "ami-7"], .images(ScriptedAWS.Reply.image("ami-7")))
        #expect(try await run(.id("ami-7")).imageId == "ami-7")
    }

    @Test(arguments: [true, false])
    func `an id that is not there is an error`(isRefused: Bool) async throws {
        bench.aws.on(
            "DescribeImages", [:], isRefused ? .error("aws.InvalidAMIID.NotFound") : .images())
        let error = try await #require(throws: Diagnostic.self) { try await run(.id("ami-7")) }
        #expect(error.code == "ami.not-found")
    }

    @Test func `a parameter's value names the image`() async throws {
        let parameter: JSONValue = [
            "Parameter": ["Name": "/canonical/ami", "Value": "ami-9", "Version": 3]
        ]
        bench.aws.on("GetParameter", [:], .json(parameter))
        bench.aws.on(
            "DescribeImages", ["ImageId.1": "ami-9"], .images(ScriptedAWS.Reply.image("ami-9")))
        #expect(try await run(.ssmParameter("/canonical/ami")).imageId == "ami-9")
        #expect(
            bench.aws.calls("GetParameter").first?["body"]?.contains("/canonical/ami") == true)
    }

    @Test func `an image without a root device cannot be started`() async throws {
        bench.aws.on(
            "DescribeImages", [:], .images(ScriptedAWS.Reply.image("ami-1", rootDevice: nil)))
        let error = try await #require(throws: Diagnostic.self) { try await run(.id("ami-1")) }
        #expect(error.code == "source-ami.no-root-device")
    }
}
