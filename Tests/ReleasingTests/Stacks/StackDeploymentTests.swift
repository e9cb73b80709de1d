import AWS
import Diagnostics
import Testing

@testable import Releasing

@Suite struct StackDeploymentTests {
    private let bench = StageBench()
    private var stacks: StackDeployment {
        StackDeployment(aws: bench.aws, region: StageBench.region, time: bench.clock)
    }

    private func create() async throws -> [String: String] {
        try await stacks.create(
            .init(
                name: "EC2-1", template: "Resources: {}", parameters: ["B": "2", "A": "1"],
                tags: [], capabilities: [], token: "token-1"),
            onCreated: { bench.timeline.add("created \($0)") }, onProgress: { _, _ in })
    }

    private func tellChangeSet() {
        bench.aws.on("CreateChangeSet", [:], .changeSetBegun)
        bench.aws.on("DescribeChangeSet", [:], .changeSet("CREATE_COMPLETE"))
        bench.aws.on("ExecuteChangeSet", [:], .empty)
    }

    @Test func `both creating calls carry the token, and the id is known before anything is made`()
        async throws
    {
        tellChangeSet()
        bench.aws.on("DescribeStacks", [:], .stack("CREATE_COMPLETE", outputs: ["A": "1"]))
        #expect(try await create() == ["A": "1"])
        let create = try #require(bench.aws.calls("CreateChangeSet").first)
        #expect(create["ClientToken"] == "token-1")
        #expect(create["Parameters.member.1.ParameterKey"] == "A")
        #expect(
            bench.aws.calls("ExecuteChangeSet").first?["ClientRequestToken"] == "token-1")
        // By the change set's ARN alone, IAM would ask about the change set.
        for action in ["DescribeChangeSet", "ExecuteChangeSet"] {
            let stacks = bench.aws.calls(action).map { $0["StackName"] }
            #expect(stacks.allSatisfy { ["EC2-1", "arn:stack"].contains($0) })
        }
        let known = try #require(bench.timeline.place("created arn:stack"))
        let executed = try #require(bench.timeline.place("ExecuteChangeSet"))
        #expect(known < executed)
    }

    @Test func `the first cause is the oldest failure, not what it dragged along`() async throws {
        tellChangeSet()
        bench.aws.on(
            "DescribeStacks", [:], .stack("CREATE_IN_PROGRESS"), .stack("ROLLBACK_COMPLETE"))
        bench.aws.on(
            "DescribeStackEvents", [:],
            .events(
                ("EC2-1", "ROLLBACK_COMPLETE", nil),
                ("SecurityGroup", "CREATE_FAILED", "Resource creation cancelled"),
                ("Instance", "CREATE_FAILED", "You have requested more vCPU capacity"),
                ("Instance", "CREATE_IN_PROGRESS", "Resource creation Initiated"),
                ("EC2-1", "CREATE_IN_PROGRESS", "User Initiated")))
        let error = try await #require(throws: Diagnostic.self) { try await create() }
        #expect(error.code == "stack.failed")
        #expect(error.causes == ["Instance: You have requested more vCPU capacity"])
        #expect(error.summary.contains("`ROLLBACK_COMPLETE`"))
    }

    @Test func `a failure without a cause in its events says so`() async throws {
        tellChangeSet()
        bench.aws.on("DescribeStacks", [:], .stack("ROLLBACK_COMPLETE"))
        bench.aws.on("DescribeStackEvents", [:], .events(("EC2-1", "ROLLBACK_COMPLETE", nil)))
        let error = try await #require(throws: Diagnostic.self) { try await create() }
        #expect(error.causes == ["its events name no cause"])
    }

    @Test func `a rejected template is not executed`() async throws {
        bench.aws.on("CreateChangeSet", [:], .changeSetBegun)
        bench.aws.on("DescribeChangeSet", [:], .changeSet("FAILED", reason: "no such subnet"))
        let error = try await #require(throws: Diagnostic.self) { try await create() }
        #expect(error.code == "stack.rejected")
        #expect(error.causes == ["no such subnet"])
    }

    @Test(arguments: ["DELETE_COMPLETE", "gone"])
    func `a stack that is gone needs no deletion`(status: String) async throws {
        bench.aws.on("DescribeStacks", [:], status == "gone" ? .noStack : .stack(status))
        try await stacks.delete("EC2-1", onProgress: { _, _ in })
        #expect(bench.timeline.all == ["DescribeStacks"])
    }

    @Test func `a refusal that says something else is no proof that a stack is gone`()
        async throws
    {
        bench.aws.on(
            "DescribeStacks", [:], .error("aws.ValidationError", "the name has a wrong form"))
        let error = try await #require(throws: Diagnostic.self) {
            try await stacks.delete("EC2 1", onProgress: { _, _ in })
        }
        #expect(error.code == "aws.ValidationError")
    }
}
