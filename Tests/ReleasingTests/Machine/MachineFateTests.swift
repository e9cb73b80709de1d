import Diagnostics
import Testing

@testable import AWS
@testable import Releasing

@Suite struct MachineFateTests {
    private let aws = ScriptedAWS(Timeline())

    private func told(
        _ code: String, _ reply: ScriptedAWS.Reply?
    ) async -> Diagnostic {
        if let reply { aws.on("DescribeInstances", ["InstanceId.1": "i-1"], reply) }
        let problem = Diagnostic(
            code: code, summary: "it does not answer", causes: ["no route"], hint: "of its own")
        return await MachineFate(aws: aws, region: StageBench.region)
            .explaining(problem, instanceId: "i-1")
    }

    private func instance(_ state: String, reason: String? = nil) -> ScriptedAWS.Reply {
        var children = [
            XMLNode("instanceId", text: "i-1"),
            XMLNode("instanceState", [XMLNode("name", text: state)]),
        ]
        if let reason {
            children.append(XMLNode("stateReason", [XMLNode("message", text: reason)]))
        }
        let instances = XMLNode("instancesSet", [XMLNode("item", children)])
        return .xml([XMLNode("reservationSet", [XMLNode("item", [instances])])])
    }

    @Test(arguments: [
        "ansible.unreachable", "ssh.not-ready", "aws.IncorrectState",
        "aws.IncorrectInstanceState", "aws.InvalidInstanceID.NotFound",
    ])
    func `a machine that has ended is named as that, with EC2's reason`(code: String) async {
        let problem = await told(
            code, instance("terminated", reason: "Client.UserInitiatedShutdown: by somebody"))
        #expect(problem.code == "instance.ended")
        #expect(
            problem.causes == [
                "EC2 says that it is `terminated`: Client.UserInitiatedShutdown: by somebody",
                "it does not answer", "no route",
            ])
        #expect(problem.hint?.contains("starts another machine") == true)
    }

    @Test func `one that EC2 knows no more has ended too`() async {
        let problem = await told("ansible.unreachable", .error("aws.InvalidInstanceID.NotFound"))
        #expect(problem.causes.first == "EC2 says that it is gone")
    }

    @Test func `where it runs, or nobody can tell, the problem stays what it was`() async {
        for reply in [instance("running"), .error("aws.UnauthorizedOperation")] {
            let problem = await told("ansible.unreachable", reply)
            #expect(problem.code == "ansible.unreachable")
            #expect(problem.hint == "of its own")
        }
        // Of a task that failed nobody asks.
        #expect(await told("ansible.task-failed", nil).code == "ansible.task-failed")
    }
}
