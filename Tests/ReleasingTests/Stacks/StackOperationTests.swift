import Diagnostics
import TestSupport
import Testing

@testable import AWS
@testable import Releasing

@Suite struct StackOperationTests {
    private typealias Line = (resource: String, status: String, reason: String?, token: String?)

    private func events(_ oldestFirst: [Line]) throws -> [StackEvent] {
        try oldestFirst.enumerated().map { number, line in
            let type =
                line.resource == "S-1" ? "AWS::CloudFormation::Stack" : "AWS::S3::Bucket"
            var children = [
                XMLNode("EventId", text: "e\(number)"),
                XMLNode("LogicalResourceId", text: line.resource),
                XMLNode("ResourceType", text: type),
                XMLNode("ResourceStatus", text: line.status),
            ]
            if let reason = line.reason {
                children.append(XMLNode("ResourceStatusReason", text: reason))
            }
            if let token = line.token {
                children.append(XMLNode("ClientRequestToken", text: token))
            }
            return try StackEvent(XMLNode("member", children))
        }.reversed()
    }

    private let failedCreation: [Line] = [
        ("S-1", "CREATE_IN_PROGRESS", "User Initiated", "t1"),
        ("A", "CREATE_FAILED", "of long ago", "t1"),
        ("S-1", "UPDATE_ROLLBACK_FAILED", nil, "t1"),
    ]
    private let failedUpdate: [Line] = [
        ("S-1", "UPDATE_IN_PROGRESS", "User Initiated", "t2"),
        ("C", "UPDATE_FAILED", "Resource update cancelled", "t2"),
        ("B", "UPDATE_FAILED", "no access", "t2"),
        ("S-1", "UPDATE_ROLLBACK_IN_PROGRESS", "failed: [B]", "t2"),
        ("D", "UPDATE_FAILED", "still no access", "t2"),
        ("S-1", "UPDATE_ROLLBACK_FAILED", "failed: [D]", "t2"),
    ]

    @Test func `the first cause is of this operation, and nothing that was only cancelled`() throws
    {
        let all = try events(failedCreation + failedUpdate)
        let operation = StackOperation(newestFirst: all, stackName: "S-1", token: nil)
        #expect(operation.firstCause == "B: no access")
        #expect(operation.stuck == ["D"])
        #expect(operation.events.map(\.id) == ["e3", "e4", "e5", "e6", "e7", "e8"])
    }

    @Test func `an operation that is not visible yet is not mistaken for the one before`() throws {
        let all = try events(failedCreation)
        #expect(StackOperation(newestFirst: all, stackName: "S-1", token: "t2").events.isEmpty)
        #expect(StackOperation(newestFirst: all, stackName: "S-1", token: "t1").events.count == 3)
    }

    @Test func `what could not be deleted is stuck`() throws {
        let all = try events([
            ("S-1", "DELETE_IN_PROGRESS", nil, nil), ("A", "DELETE_FAILED", "not empty", nil),
            ("A", "DELETE_FAILED", "not empty", nil), ("S-1", "DELETE_FAILED", "failed: [A]", nil),
        ])
        let operation = StackOperation(newestFirst: all, stackName: "S-1", token: nil)
        #expect(operation.stuck == ["A"])
        #expect(operation.firstCause == "A: not empty")
    }

    @Test func `a stack's own failure is the cause where no resource has one`() throws {
        let all = try events([
            ("S-1", "CREATE_IN_PROGRESS", nil, nil), ("S-1", "CREATE_FAILED", "no role", nil),
        ])
        #expect(
            StackOperation(newestFirst: all, stackName: "S-1", token: nil).firstCause
                == "S-1: no role")
    }

    @Test func `a line names resource, type, state and reason`() throws {
        let event = try #require(try events([("A", "CREATE_FAILED", "no access", nil)]).first)
        #expect(StackOperation.line(event) == "A (AWS::S3::Bucket) CREATE_FAILED - no access")
    }

    @Test func `the operations of any history add up to it`() throws {
        var random = SeededGenerator(seed: 7)
        for _ in 0..<50 {
            var history: [Line] = []
            var lengths: [Int] = []
            for number in 0..<Int.random(in: 1...5, using: &random) {
                let length = Int.random(in: 1...6, using: &random)
                lengths.append(length)
                history.append(("S-1", "UPDATE_IN_PROGRESS", nil, "t\(number)"))
                for _ in 1..<length { history.append(("A", "UPDATE_COMPLETE", nil, "t\(number)")) }
            }
            let last = StackOperation(
                newestFirst: try events(history), stackName: "S-1", token: nil)
            #expect(last.events.count == lengths.last)
            #expect(last.events.first?.resourceStatus == "UPDATE_IN_PROGRESS")
        }
    }
}
