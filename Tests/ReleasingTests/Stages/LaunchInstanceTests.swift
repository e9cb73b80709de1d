import AWS
import BuildGraph
import Diagnostics
import Foundation
import JSON
import TestSupport
import Testing

@testable import Releasing

@Suite struct LaunchInstanceTests {
    private static let outputs = [
        "InstanceId": "i-1", "PublicDnsName": "host.test", "PublicIp": "203.0.113.9",
    ]
    private static let folder = "/keys/dss-run-1"
    private static let leftFolder = "/keys/dss-run-0.0"

    private func stage(_ bench: StageBench, ingressCidr: String? = nil) throws -> LaunchInstance {
        LaunchInstance(
            settings: .init(
                type: "t3.medium", volumeGiB: 100, user: "ubuntu", sshPort: 2222,
                ingressCidr: ingressCidr),
            assetId: try AssetId("1.0", location: "test"), region: StageBench.region,
            project: ProjectFolder(path: ProjectPath.root), services: bench.services,
            keyFolder: "/keys")
    }

    private func source() throws -> UpstreamOutputs.Entry {
        UpstreamOutputs.Entry(
            name: "source-ami", of: SourceAMI.self,
            outputs: try .encoding(
                SourceAMI.Outputs(
                    imageId: "ami-1", name: "base", creationDate: "", rootDeviceName: "/dev/sda1")))
    }

    private func tellCreation(_ aws: ScriptedAWS, outputs: [String: String] = outputs) {
        aws.on(
            "ImportKeyPair", [:],
            .xml([.init("keyPairId", text: "key-1"), .init("keyName", text: "k")]))
        aws.on("CreateChangeSet", [:], .changeSetBegun)
        aws.on(
            "DescribeChangeSet", [:], .changeSet("CREATE_IN_PROGRESS"),
            .changeSet("CREATE_COMPLETE"))
        aws.on("ExecuteChangeSet", [:], .empty)
        aws.on(
            "DescribeStacks", ["StackName": "arn:stack"], .stack("CREATE_IN_PROGRESS"),
            .stack("CREATE_COMPLETE", outputs: outputs))
    }

    private func run(_ bench: StageBench, cidr: String? = nil) async throws
        -> LaunchInstance.Outputs
    {
        let stage = try stage(bench, ingressCidr: cidr)
        let context = try await bench.context(stage.name, upstream: [try source()])
        return try await stage.run(context)
    }

    @Test func `whatever is created was written down before, and its id right after`()
        async throws
    {
        let bench = StageBench()
        tellCreation(bench.aws)
        let outputs = try await run(bench, cidr: "203.0.113.0/24")
        #expect(
            bench.timeline.all == [
                "intent local:private-key", "make key", "created local:private-key",
                "intent ec2:key-pair", "ImportKeyPair", "created ec2:key-pair",
                "intent cloudformation:stack", "CreateChangeSet", "created cloudformation:stack",
                "DescribeChangeSet", "DescribeChangeSet", "ExecuteChangeSet", "DescribeStacks",
                "DescribeStacks", "greeting host.test:2222",
            ])
        #expect(outputs.instanceId == "i-1")
        #expect(outputs.machine.knownHosts == "host.test ssh-ed25519 BBBB2222")
        #expect(outputs.machine.privateKeyPath == "\(Self.folder)/id")
        #expect(outputs.stackName.hasPrefix("EC2-DATA-SCIENCE-SANDBOX-1-0-"))
        #expect(bench.aws.unused.isEmpty)
        let create = try #require(bench.aws.calls("CreateChangeSet").first)
        #expect(create["Tags.member.1.Key"] == ResourceNames.assetTag)
        #expect(create["Tags.member.2.Value"] == "run-1")
        #expect(create["StackName"] == outputs.stackName)
    }

    @Test(
        arguments: [
            (
                [
                    .error("UnsupportedOperation"),
                    .console("[ 1.0] ok\n[ 9.9] no disk\u{1B}[0m\n\n"),
                ],
                ["no answer", "console: [ 1.0] ok", "console: [ 9.9] no disk"]
            ),
            ([.console("")], ["no answer", "EC2 has no console output of it yet"]),
            (
                [.error("A"), .error("B")],
                ["no answer", "its console cannot be read: AWS says no"]
            ),
        ] as [([ScriptedAWS.Reply], [String])])
    func `a machine that never answers is told with its console's last lines`(
        replies: [ScriptedAWS.Reply], causes: [String]
    ) async throws {
        let bench = StageBench(
            greetingProblem: Diagnostic(
                code: "ssh.not-ready", summary: "nobody", causes: ["no answer"]))
        tellCreation(bench.aws)
        for (reply, latest) in zip(replies, ["true", nil]) {
            let wanted = ["InstanceId": "i-1", "Latest": latest].compactMapValues(\.self)
            bench.aws.on("GetConsoleOutput", wanted, reply)
        }
        bench.aws.on("DescribeInstances", ["InstanceId.1": "i-1"], .xml([]))
        let problem = await #expect(throws: Diagnostic.self) {
            try await run(bench, cidr: "203.0.113.0/24")
        }
        #expect(problem?.code == "ssh.not-ready")
        #expect(problem?.causes == causes)
    }

    @Test(
        arguments: [
            ("203.0.113.7", nil, "203.0.113.7/32", "4"),
            ("2001:db8::7", nil, "2001:db8::7/128", "6"),
            (nil, "198.51.100.0/24", "198.51.100.0/24", "4"),
            (nil, "2001:db8::/32", "2001:db8::/32", "6"),
        ] as [(String?, String?, String, String)])
    func `only the caller, or the block that the manifest names, may knock`(
        address: String?, cidr: String?, text: String, version: String
    ) async throws {
        let bench = StageBench(callerAddress: address)
        tellCreation(bench.aws)
        _ = try await run(bench, cidr: cidr)
        let create = try #require(bench.aws.calls("CreateChangeSet").first)
        let names = create.fields.filter { $0.name.hasSuffix(".ParameterKey") }
        func parameter(_ name: String) -> String? {
            names.first { $0.value == name }
                .flatMap { create[$0.name.replacing("ParameterKey", with: "ParameterValue")] }
        }
        #expect(parameter("IngressCidr") == text)
        #expect(parameter("IngressIpVersion") == version)
        #expect(parameter("SshPort") == "2222")
        #expect(parameter("MaximumLifeMinutes") == "360")
    }

    @Test func `where EC2 has no capacity the stack goes, and comes back in a zone`() async throws {
        let bench = StageBench()
        let aws = bench.aws
        aws.on(
            "ImportKeyPair", [:],
            .xml([.init("keyPairId", text: "key-1"), .init("keyName", text: "k")]))
        for stack in ["arn:1", "arn:2"] {
            aws.on(
                "CreateChangeSet", [:],
                .xml([.init("Id", text: "arn:change-set"), .init("StackId", text: stack)]))
            aws.on("DescribeChangeSet", [:], .changeSet("CREATE_COMPLETE"))
            aws.on("ExecuteChangeSet", [:], .empty)
        }
        aws.on(
            "DescribeStacks", ["StackName": "arn:1"], .stack("ROLLBACK_COMPLETE", id: "arn:1"),
            .stack("ROLLBACK_COMPLETE", id: "arn:1"), .noStack)
        aws.on(
            "DescribeStackEvents", [:],
            .events(
                (
                    "Instance", "CREATE_FAILED",
                    "We currently do not have sufficient t3.medium capacity (Service: Ec2)"
                ),
                ("EC2-1", "CREATE_IN_PROGRESS", nil)))
        aws.on("DeleteStack", ["StackName": "arn:1"], .empty)
        aws.on("DescribeSubnets", [:], .subnets("z-a", "z-b"))
        aws.on("DescribeInstanceTypeOfferings", [:], .offerings(("t3.medium", "z-b")))
        aws.on(
            "DescribeStacks", ["StackName": "arn:2"],
            .stack("CREATE_COMPLETE", id: "arn:2", outputs: Self.outputs))
        let outputs = try await run(bench, cidr: "203.0.113.0/24")
        #expect(outputs.instanceId == "i-1")
        #expect(aws.unused.isEmpty)
        let all = bench.timeline.all
        let begin = try #require(all.firstIndex(of: "intent cloudformation:stack"))
        #expect(
            all[begin...].filter { $0.contains("cloudformation") || $0 == "DeleteStack" } == [
                "intent cloudformation:stack", "created cloudformation:stack", "DeleteStack",
                "gone cloudformation:stack", "intent cloudformation:stack",
                "created cloudformation:stack",
            ])
        let zones = aws.calls("CreateChangeSet").map { call in
            call.fields.first { $0.value == "AvailabilityZone" }.flatMap {
                call[$0.name.replacing("ParameterKey", with: "ParameterValue")]
            }
        }
        #expect(zones == ["", "z-b"])
        // One pair of keys and one name for all tries.
        #expect(Set(aws.calls("CreateChangeSet").map { $0["StackName"] }).count == 1)
    }

    @Test func `a machine without an address is an error that names the subnet`() async throws {
        let bench = StageBench()
        tellCreation(bench.aws, outputs: ["InstanceId": "i-1", "PublicDnsName": ""])
        let error = try await #require(throws: Diagnostic.self) {
            try await run(bench, cidr: "203.0.113.0/24")
        }
        #expect(error.code == "instance.no-address")
        // Everything that stands is still in the journal for the take-down.
        #expect(try await bench.unfinished().count == 3)
    }

    private func standing(_ bench: StageBench) async throws {
        try await bench.leave(
            "local:private-key", of: "instance", name: Self.leftFolder, id: Self.leftFolder)
        try await bench.leave("ec2:key-pair", of: "instance", name: "EC2-1", id: "key-1")
        try await bench.leave(
            "cloudformation:stack", of: "instance", name: "EC2-1", id: "arn:stack")
    }

    @Test func `the stack goes first, then the keys, each ended once it is gone`() async throws {
        let bench = StageBench()
        try await standing(bench)
        let begin = bench.timeline.all.count
        bench.aws.on(
            "DescribeStacks", ["StackName": "arn:stack"], .stack("CREATE_COMPLETE", run: "run-0.2"),
            .stack("DELETE_IN_PROGRESS"), .stack("DELETE_COMPLETE"))
        bench.aws.on("DeleteStack", ["StackName": "arn:stack"], .empty)
        bench.aws.on("DescribeKeyPairs", [:], .keyPair("EC2-1", run: "run-0.1"))
        bench.aws.on("DeleteKeyPair", ["KeyName": "EC2-1"], .empty)
        try await stage(bench).takeDown(try await bench.context("instance"))
        #expect(
            bench.timeline.all.dropFirst(begin) == [
                "DescribeStacks", "DeleteStack", "DescribeStacks", "DescribeStacks",
                "gone cloudformation:stack", "DescribeKeyPairs", "DeleteKeyPair",
                "gone ec2:key-pair",
                "remove key \(Self.leftFolder)", "gone local:private-key",
            ])
        #expect(try await bench.unfinished().isEmpty)
    }

    @Test func `a stack that cannot be deleted does not spare the keys`() async throws {
        let bench = StageBench()
        try await standing(bench)
        bench.aws.on(
            "DescribeStacks", [:], .stack("CREATE_COMPLETE", run: "run-0.2"),
            .stack("DELETE_FAILED"))
        bench.aws.on("DeleteStack", [:], .empty)
        bench.aws.on("DescribeKeyPairs", [:], .keyPair("EC2-1", run: "run-0.1"))
        bench.aws.on("DeleteKeyPair", [:], .empty)
        let context = try await bench.context("instance")
        let error = try await #require(throws: Diagnostic.self) {
            try await stage(bench).takeDown(context)
        }
        #expect(error.code == "stack.not-deleted")
        #expect(error.hint?.contains("aws cloudformation delete-stack") == true)
        #expect(bench.timeline.place("remove key \(Self.leftFolder)") != nil)
        #expect(try await bench.unfinished() == ["cloudformation:stack arn:stack"])
    }

    @Test func `of two failures the first one is told`() async throws {
        let problem = Diagnostic(code: "file.busy", summary: "busy")
        let bench = StageBench(keyRemovalProblem: problem)
        try await standing(bench)
        bench.aws.on("DescribeStacks", [:], .noStack)
        bench.aws.on(
            "DescribeKeyPairs", [:], .keyPair("EC2-1", run: "run-0.1"),
            .keyPair("EC2-1", run: "run-0.1"))
        bench.aws.on("DeleteKeyPair", [:], .error("aws.UnauthorizedOperation"))
        let context = try await bench.context("instance")
        let error = try await #require(throws: Diagnostic.self) {
            try await stage(bench).takeDown(context)
        }
        #expect(error.code == "aws.UnauthorizedOperation")
        #expect(
            try await bench.unfinished()
                == ["local:private-key \(Self.leftFolder)", "ec2:key-pair key-1"])
    }

    @Test func `what an interrupted run left standing goes before anything new comes`()
        async throws
    {
        let bench = StageBench()
        try await bench.leave("ec2:key-pair", of: "instance", name: "EC2-0")
        bench.aws.on("DescribeKeyPairs", [:], .keyPair("EC2-0", run: StageBench.earlierRun))
        bench.aws.on("DeleteKeyPair", ["KeyName": "EC2-0"], .empty)
        tellCreation(bench.aws)
        _ = try await run(bench, cidr: "203.0.113.0/24")
        let gone = try #require(bench.timeline.place("gone ec2:key-pair"))
        let made = try #require(bench.timeline.place("make key"))
        #expect(gone < made)
    }
}
