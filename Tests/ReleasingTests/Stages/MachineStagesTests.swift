import BuildGraph
import Diagnostics
import JSON
import Testing

@testable import AWS
@testable import Releasing

@Suite struct ReachMachineTests {
    private let host = GivenHost(
        host: "host.test", port: 22, user: "me", privateKeyPath: "/me/key")

    private func stage(_ bench: StageBench) -> ReachMachine {
        ReachMachine(target: .given(host), services: bench.services, keyFolder: "/keys")
    }

    @Test func `a host that nobody knows is taken for its own, and that is said`() async throws {
        let bench = StageBench(knownKeys: [])
        let outputs = try await stage(bench).run(try await bench.context("instance"))
        #expect(outputs.machine.knownHosts == "host.test ssh-ed25519 BBBB22")
        #expect(outputs.machine.privateKeyPath == "/me/key")
        #expect(bench.messages.contains { $0.contains("`host.test` is not in your `known_hosts`") })
        #expect(try await bench.unfinished() == ["local:private-key /keys/dss-run-1"])
    }

    @Test func `only the key counts that the user knows`() async throws {
        let bench = StageBench(knownKeys: ["ssh-ed25519 BBBB22"])
        let outputs = try await stage(bench).run(
            try await bench.context("instance"))
        #expect(outputs.machine.knownHosts == "host.test ssh-ed25519 BBBB22\n")
        #expect(bench.messages.isEmpty)
    }

    @Test func `a host that shows another key is not spoken to`() async throws {
        let bench = StageBench(knownKeys: ["ssh-ed25519 OTHER"])
        let stage = stage(bench)
        let problem = await #expect(throws: Diagnostic.self) {
            try await stage.run(try await bench.context("instance"))
        }
        #expect(problem?.code == "ssh.other-host-key")
        #expect(problem?.hint?.contains("ssh-keygen -R host.test") == true)
    }

    @Test func `its folder goes with the run, and nothing else of it`() async throws {
        let bench = StageBench(knownKeys: [])
        let stage = stage(bench)
        let context = try await bench.context("instance")
        _ = try await stage.run(context)
        try await stage.takeDown(context)
        #expect(bench.timeline.all.last == "gone local:private-key")
        #expect(bench.timeline.all.contains("remove key /keys/dss-run-1"))
        #expect(bench.timeline.all.contains { $0.contains("/me/key") } == false)
        #expect(try await bench.unfinished().isEmpty)
    }

    @Test func `known keys are compared by kind and key`() throws {
        let greeted = "h ssh-rsa AAA\nh ssh-ed25519 BBB\n"
        #expect(
            try KnownKeys.trusted(greeted: greeted, known: ["ssh-ed25519 BBB", "x y"], host: "h")
                == "h ssh-ed25519 BBB\n")
        #expect(try KnownKeys.trusted(greeted: greeted, known: [], host: "h") == greeted)
        #expect(throws: Diagnostic.self) {
            try KnownKeys.trusted(greeted: greeted, known: ["ssh-rsa BBB"], host: "h")
        }
    }
}

@Suite struct FindInstanceTests {
    private func stage(_ bench: StageBench, _ reference: FindInstance.Reference) -> FindInstance {
        FindInstance(reference: reference, region: StageBench.region, aws: bench.aws)
    }

    private func instance(_ state: String) -> ScriptedAWS.Reply {
        let instance = XMLNode(
            "item",
            [
                XMLNode("instanceId", text: "i-1"),
                XMLNode("instanceState", [XMLNode("name", text: state)]),
            ])
        let reservation = XMLNode("item", [XMLNode("instancesSet", [instance])])
        return .xml([XMLNode("reservationSet", [reservation])])
    }

    private func resources(_ ids: [String]) -> ScriptedAWS.Reply {
        .xml([
            XMLNode(
                "StackResources",
                ids.map { id in
                    let type = id.hasPrefix("i-") ? "Instance" : "SecurityGroup"
                    return XMLNode(
                        "member",
                        [
                            XMLNode("LogicalResourceId", text: "R"),
                            XMLNode("PhysicalResourceId", text: id),
                            XMLNode("ResourceType", text: "AWS::EC2::\(type)"),
                            XMLNode("ResourceStatus", text: "CREATE_COMPLETE"),
                        ])
                })
        ])
    }

    @Test(arguments: ["running", "stopping", "stopped"])
    func `an instance that an image can be made of`(state: String) async throws {
        let bench = StageBench()
        bench.aws.on("DescribeInstances", ["InstanceId.1": "i-1"], instance(state))
        let outputs = try await stage(bench, .instance("i-1")).run(
            try await bench.context("instance"))
        #expect(outputs.instanceId == "i-1")
    }

    @Test(arguments: ["pending", "shutting-down", "terminated"])
    func `an instance that none can be made of`(state: String) async throws {
        let bench = StageBench()
        bench.aws.on("DescribeInstances", [:], instance(state))
        let problem = await #expect(throws: Diagnostic.self) {
            try await stage(bench, .instance("i-1")).run(try await bench.context("instance"))
        }
        #expect(problem?.code == "instance.wrong-state")
    }

    @Test func `the one instance of a stack`() async throws {
        let bench = StageBench()
        bench.aws.on("DescribeStackResources", ["StackName": "s"], resources(["sg-1", "i-1"]))
        bench.aws.on("DescribeInstances", ["InstanceId.1": "i-1"], instance("running"))
        let outputs = try await stage(bench, .stack("s")).run(try await bench.context("instance"))
        #expect(outputs.instanceId == "i-1")
    }

    @Test(arguments: [["sg-1"], ["i-1", "i-2"]])
    func `a stack without just one instance`(ids: [String]) async throws {
        let bench = StageBench()
        bench.aws.on("DescribeStackResources", [:], resources(ids))
        let problem = await #expect(throws: Diagnostic.self) {
            try await stage(bench, .stack("s")).run(try await bench.context("instance"))
        }
        #expect(problem?.code == "instance.not-one")
        #expect(problem?.hint?.contains("--instance-id") == true)
    }
}

@Suite struct MachineTextTests {
    @Test func `a command line that a shell reads back word by word`() {
        #expect(ShellWord.quoted("plain-1.0/x@y") == "plain-1.0/x@y")
        #expect(ShellWord.quoted("") == "''")
        #expect(ShellWord.quoted("a b") == "'a b'")
        #expect(ShellWord.quoted("it's") == "'it'\\''s'")
        #expect(ShellWord.quoted("é;$(x)") == "'é;$(x)'")
    }

    @Test func `the way in names key, port and host keys`() {
        let machine = Machine(
            host: "h.test", port: 2222, user: "ubuntu", privateKeyPath: "/a b/key", knownHosts: "")
        #expect(
            SSHCommand.text(machine, knownHostsPath: "/k")
                == "ssh -i '/a b/key' -o IdentitiesOnly=yes -o UserKnownHostsFile=/k "
                + "-p 2222 ubuntu@h.test")
    }

    @Test func `two lines are one key whatever their comments`() {
        #expect(ExistingKeyPair.isSame("ssh-rsa AAA me@x", "ssh-rsa  AAA\n"))
        #expect(!ExistingKeyPair.isSame("ssh-rsa AAA", "ssh-rsa AAB"))
        #expect(!ExistingKeyPair.isSame("ssh-rsa AAA", "ssh-ed25519 AAA"))
    }
}
