import AWS
import BuildGraph
import Diagnostics
import JSON
import Testing

@testable import Releasing

/// Results that name somebody else's image: nothing is done to it.
@Suite struct ImageOwnershipTests {
    private typealias Answer = ScriptedAWS.Reply
    private let bench = StageBench()

    private var images: EC2Images {
        EC2Images(aws: bench.aws, region: StageBench.region, time: bench.clock)
    }

    /// Looks at images of this account, and at images of anybody.
    private func tell(own: XMLNode?, seen: XMLNode? = nil) {
        let reply = own.map { Answer.images($0) } ?? .images()
        bench.aws.on(
            "DescribeImages", ["Owner.1": "self"],
            reply, reply, reply, reply, reply, reply, reply, reply)
        bench.aws.on("DescribeImages", [:], seen.map { .images($0) } ?? .images())
    }

    @Test(
        arguments: [
            (["exa_dss_id": "2.0"], "carries `2.0`", "wrote it into"),
            ([:], "carries nothing", "adopt"),
        ] as [([String: String], String, String)])
    func `an image that does not carry the asset's tag is not worked with`(
        tags: [String: String], cause: String, hint: String
    ) async throws {
        tell(own: Answer.image("ami-1", tags: tags))
        let problem = try await #require(throws: Diagnostic.self) {
            _ = try await images.requireOwn("ami-1", ofAsset: "1.0")
        }
        #expect(problem.code == "ami.not-ours")
        #expect(problem.causes.first?.contains(cause) == true)
        #expect(problem.hint?.contains(hint) == true)
    }

    @Test(arguments: [true, false])
    func `another account's image is told from one that is not there`(isThere: Bool) async throws {
        tell(own: nil, seen: isThere ? Answer.image("ami-1") : nil)
        let problem = try await #require(throws: Diagnostic.self) {
            _ = try await images.adopt("ami-1", forAsset: "1.0", own: .none)
        }
        #expect(problem.code == (isThere ? "ami.not-ours" : "ami.not-found"))
        #expect(bench.aws.calls("CreateTags").isEmpty)
    }

    @Test func `an image without a tag gets it when a person adopts it`() async throws {
        let (bare, tagged) = (Answer.image("ami-1", tags: [:]), Answer.image("ami-1"))
        bench.aws.on(
            "DescribeImages", ["Owner.1": "self"], .images(bare), .images(bare), .images(tagged))
        bench.aws.on(
            "CreateTags",
            ["ResourceId.1": "ami-1", "Tag.1.Key": "exa_dss_id", "Tag.1.Value": "1.0"], .empty)
        let image = try await images.adopt("ami-1", forAsset: "1.0", own: .none)
        #expect(image.tags["exa_dss_id"] == "1.0")
        #expect(bench.aws.unused.isEmpty)
    }

    @Test(arguments: ["1.0", "2.0"])
    func `an image of another asset is not adopted, and one of this is left as it is`(
        asset: String
    ) async throws {
        tell(own: Answer.image("ami-1", tags: ["exa_dss_id": asset]))
        let image = try? await images.adopt("ami-1", forAsset: "1.0", own: .none)
        #expect((image != nil) == (asset == "1.0"))
        #expect(bench.aws.calls("CreateTags").isEmpty)
    }

    private func stages() throws -> [any Stage] {
        let assetId = try AssetId("1.0", location: "test")
        let region = StageBench.region
        return [
            PublishAMI(
                isPublic: true, region: region, copies: [], verifications: [], aws: bench.aws),
            DeprecateAMI(days: 9, region: region, copies: [], aws: bench.aws),
            CopyAMI(
                namePrefix: "sandbox", assetId: assetId, sourceRegion: region,
                region: "us-east-1", aws: bench.aws),
            ExportVMImage(
                format: .raw,
                settings: .init(
                    formats: [.raw], prefix: "images",
                    bucket: .named(bucket: "bucket", role: "role"), checksum: .s3, verify: nil),
                assetId: assetId, region: region, services: bench.services),
        ]
    }

    @Test(arguments: 0..<4)
    func `no stage does anything to an image that only the results call its own`(
        number: Int
    ) async throws {
        tell(own: Answer.image("ami-1", tags: ["exa_dss_id": "theirs"]))
        bench.aws.on("HeadBucket", [:], .headers([:]))
        let stage = try stages()[number]
        let image = CreateAMI.Outputs(imageId: "ami-1", snapshotIds: [], name: "sandbox-1.0")
        let context = try await bench.context(
            stage.name,
            upstream: [.init(name: "ami", of: CreateAMI.self, outputs: try .encoding(image))])
        let problem = try await #require(throws: Diagnostic.self) {
            _ = try await stage.run(context)
        }
        #expect(problem.code == "ami.not-ours")
        #expect(Set(bench.aws.calls.map(\.action)).isSubset(of: ["DescribeImages", "HeadBucket"]))
    }
}
