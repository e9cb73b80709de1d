import BuildGraph
import Diagnostics
import JSON
import TestSupport
import Testing

@testable import AWS
@testable import Releasing

/// A machine that outlives its run, and one that lets the user's own key in.
@Suite struct LastingMachineTests {
    private static let outputs = ["InstanceId": "i-1", "PublicDnsName": "host.test"]
    private static let existing = ExistingKeyPair(name: "mine", privateKeyPath: "/me/key")

    private func stage(
        _ bench: StageBench, lasts: Bool = true, existingKey: ExistingKeyPair? = nil
    ) throws -> LaunchInstance {
        LaunchInstance(
            settings: .init(
                type: "t3.medium", volumeGiB: 100, user: "ubuntu", sshPort: 22,
                ingressCidr: "203.0.113.0/24"),
            assetId: try AssetId("1.0", location: "test"), region: StageBench.region,
            project: ProjectFolder(path: ProjectPath.root), services: bench.services,
            keyFolder: "/keys", existingKey: existingKey,
            lastingFolder: lasts ? "/results/machine" : nil)
    }

    private func run(_ bench: StageBench, _ stage: LaunchInstance) async throws
        -> LaunchInstance.Outputs
    {
        let source = UpstreamOutputs.Entry(
            name: "source-ami", of: SourceAMI.self,
            outputs: try .encoding(
                SourceAMI.Outputs(
                    imageId: "ami-1", name: "base", creationDate: "", rootDeviceName: "/dev/sda1")))
        return try await stage.run(try await bench.context(stage.name, upstream: [source]))
    }

    private func tellCreation(_ aws: ScriptedAWS, ends status: String = "CREATE_COMPLETE") {
        aws.on("CreateChangeSet", [:], .changeSetBegun)
        aws.on("DescribeChangeSet", [:], .changeSet("CREATE_COMPLETE"))
        aws.on("ExecuteChangeSet", [:], .empty)
        aws.on("DescribeStacks", [:], .stack(status, outputs: Self.outputs))
    }

    private func tellKeyPair(_ aws: ScriptedAWS) {
        aws.on(
            "ImportKeyPair", [:],
            .xml([.init("keyPairId", text: "key-1"), .init("keyName", text: "k")]))
    }

    @Test func `its key is copied before the journal lets go of it`() async throws {
        let bench = StageBench()
        tellKeyPair(bench.aws)
        tellCreation(bench.aws)
        let stage = try stage(bench)
        #expect(stage.name == "machine")
        #expect(stage.lifetime == .durable)
        let outputs = try await run(bench, stage)
        let path = "/results/machine/\(outputs.stackName).pem"
        #expect(outputs.machine.privateKeyPath == path)
        let copied = try #require(bench.timeline.place("copy /keys/dss-run-1/id to \(path)"))
        let removed = try #require(bench.timeline.place("remove key /keys/dss-run-1"))
        #expect(copied < removed)
        // The scheduler ends what was kept once the result is recorded.
        #expect(!bench.timeline.all.contains("DeleteStack"))
        #expect(!bench.timeline.all.contains("DeleteKeyPair"))
    }

    @Test func `where it does not come up, nothing of it stays`() async throws {
        let bench = StageBench()
        tellKeyPair(bench.aws)
        bench.aws.on("CreateChangeSet", [:], .changeSetBegun)
        bench.aws.on("DescribeChangeSet", [:], .changeSet("FAILED", reason: "no"))
        bench.aws.on("DescribeStacks", [:], .noStack)
        bench.aws.on("DescribeKeyPairs", [:], .keyPair("k"))
        bench.aws.on("DeleteKeyPair", [:], .empty)
        let stage = try stage(bench)
        let problem = await #expect(throws: Diagnostic.self) { try await run(bench, stage) }
        #expect(problem?.code == "stack.rejected")
        #expect(try await bench.unfinished().isEmpty)
    }

    @Test func `a pair of the user's own is neither made, copied nor deleted`() async throws {
        let bench = StageBench()
        tellCreation(bench.aws)
        let stage = try stage(bench, lasts: false, existingKey: Self.existing)
        let outputs = try await run(bench, stage)
        #expect(outputs.machine.privateKeyPath == Self.existing.privateKeyPath)
        #expect(bench.timeline.place("make key") == nil)
        #expect(bench.timeline.place("ImportKeyPair") == nil)
        let create = try #require(bench.aws.calls("CreateChangeSet").first)
        let name = create.fields.first { $0.value == "KeyName" }?.name
        #expect(name.map { create[$0.replacing("ParameterKey", with: "ParameterValue")] } == "mine")
        bench.aws.on("DeleteStack", [:], .empty)
        bench.aws.on("DescribeStacks", [:], .stack("DELETE_COMPLETE"))
        try await stage.takeDown(try await bench.context("instance"))
        #expect(try await bench.unfinished().isEmpty)
    }

    private func keyPair(_ publicKey: String?) -> ScriptedAWS.Reply {
        var children = [XMLNode("keyName", text: "mine")]
        if let publicKey { children.append(XMLNode("publicKey", text: publicKey)) }
        return .xml([XMLNode("keySet", [XMLNode("item", children)])])
    }

    @Test(arguments: ["ssh-ed25519 AAAA other comment", nil])
    func `a pair that EC2 knows, with the file that belongs to it`(
        publicKey: String?
    ) async throws {
        let bench = StageBench()
        bench.aws.on("DescribeKeyPairs", ["IncludePublicKey": "true"], keyPair(publicKey))
        try await stage(bench, existingKey: Self.existing).preflight(
            try await bench.context("machine"))
    }

    @Test func `a pair that EC2 does not know, or another file`() async throws {
        let bench = StageBench()
        bench.aws.on(
            "DescribeKeyPairs", [:], .xml([XMLNode("keySet", [])]), keyPair("ssh-ed25519 BBBB"))
        let stage = try stage(bench, existingKey: Self.existing)
        let context = try await bench.context("machine")
        for code in ["key-pair.not-found", "key-pair.other-file"] {
            let problem = await #expect(throws: Diagnostic.self) {
                try await stage.preflight(context)
            }
            #expect(problem?.code == code)
            #expect(problem?.severity == .configuration)
        }
    }
}
