import AWS
import BuildGraph
import Diagnostics
import Foundation

/// Creates a stack through a change set and deletes it, both to the confirmed end.
struct StackDeployment {
    /// What a new stack is made of.
    struct Request {
        var name: String
        var template: String
        var parameters: [String: String]
        var tags: [AWSTag]
        var capabilities: [String]
        var token: String
    }

    let aws: any AWSCaller
    let region: String
    let time: any TimeSource

    /// Creates a stack and waits for it.
    ///
    /// - Parameter onCreated: called with the stack's id as soon as it is known, before anything
    ///   in it is created.
    /// - Returns: the stack's outputs.
    /// - Throws: `stack.rejected`, `stack.failed` with the first cause out of its events.
    func create(
        _ request: Request,
        onCreated: (String) async throws -> Void,
        onProgress: @escaping @Sendable (Double?, String) -> Void
    ) async throws -> [String: String] {
        let created = try await aws.call(
            CreateChangeSet(
                stackName: request.name, changeSetName: "create-\(request.token)",
                kind: .create, templateBody: request.template, clientToken: request.token,
                parameters: request.parameters.sorted { $0.key < $1.key }.map {
                    StackParameter($0.key, $0.value)
                },
                capabilities: request.capabilities, tags: request.tags),
            region: region)
        try await onCreated(created.stackId)
        try await waitForChangeSet(created.changeSetId, stack: request.name)
        _ = try await aws.call(
            ExecuteChangeSet(
                changeSetName: created.changeSetId, clientToken: request.token),
            region: region)
        return try await waitForCreation(created.stackId, name: request.name, onProgress)
    }

    /// Deletes a stack and waits until it is gone; one that never was is no error.
    ///
    /// - Throws: `stack.not-deleted`, which names the command that removes it.
    func delete(
        _ idOrName: String, onProgress: @escaping @Sendable (Double?, String) -> Void
    ) async throws {
        guard let stack = try await find(idOrName), stack.status != "DELETE_COMPLETE" else {
            return
        }
        // By its id: a deleted stack is no longer found by its name.
        _ = try await aws.call(
            DeleteStack(stackName: stack.id),
            region: region)
        let schedule = WaiterSchedule(
            firstDelaySeconds: 1, expectedSeconds: nil, deadlineSeconds: 1800)
        let name = stack.name
        try await Waiter.wait(
            "deletion of stack `\(name)`", schedule: schedule, time: time, onProgress: onProgress
        ) {
            guard let now = try await find(stack.id), now.status != "DELETE_COMPLETE" else {
                return .done(())
            }
            if now.status != "DELETE_FAILED" {
                return .pending(percent: nil, message: "stack \(name): \(now.status)")
            }
            return .failed(
                Diagnostic(
                    code: "stack.not-deleted", summary: "stack `\(name)` could not be deleted",
                    causes: now.statusReason.map { [$0] } ?? [],
                    hint: "remove what holds it, then `aws cloudformation delete-stack "
                        + "--region \(region) --stack-name \(name)`"))
        }
    }

    /// The stack as it is now; nil where there is none.
    func find(_ idOrName: String) async throws -> Stack? {
        do {
            return try await aws.all(
                DescribeStacks(stackName: idOrName), region: region
            ).first
        } catch let error as Diagnostic
            where error.code == "aws.ValidationError"
            && error.causes.contains(where: { $0.contains("does not exist") })
        {
            return nil
        }
    }

    private func waitForChangeSet(_ id: String, stack: String) async throws {
        let schedule = WaiterSchedule(
            firstDelaySeconds: 0.5, expectedSeconds: nil, deadlineSeconds: 300)
        try await Waiter.wait(
            "change set of stack `\(stack)`", schedule: schedule, time: time,
            onProgress: { _, _ in }
        ) {
            let changeSet = try await aws.call(
                DescribeChangeSet(changeSetName: id),
                region: region)
            switch changeSet.status {
            case "CREATE_COMPLETE": return .done(())
            case "FAILED":
                return .failed(
                    Diagnostic(
                        code: "stack.rejected",
                        summary: "CloudFormation rejects stack `\(stack)`",
                        causes: changeSet.statusReason.map { [$0] } ?? [],
                        hint: "correct the template or its parameters"))
            default: return .pending(percent: nil, message: changeSet.status)
            }
        }
    }

    private func waitForCreation(
        _ id: String, name: String, _ onProgress: @escaping @Sendable (Double?, String) -> Void
    ) async throws -> [String: String] {
        let schedule = WaiterSchedule(
            firstDelaySeconds: 1, expectedSeconds: nil, deadlineSeconds: 1800)
        return try await Waiter.wait(
            "stack `\(name)`", schedule: schedule, time: time, onProgress: onProgress
        ) {
            guard let stack = try await find(id) else {
                return .pending(percent: nil, message: "stack \(name): not visible yet")
            }
            switch stack.status {
            case "CREATE_COMPLETE": return .done(stack.outputs)
            case "CREATE_IN_PROGRESS", "REVIEW_IN_PROGRESS":
                return .pending(percent: nil, message: "stack \(name): \(stack.status)")
            default: return .failed(try await failure(of: stack))
            }
        }
    }

    private func failure(of stack: Stack) async throws -> Diagnostic {
        let events = try await aws.all(
            DescribeStackEvents(stackName: stack.id), region: region)
        // Events come newest first: the first cause is the oldest failure.
        let first = events.last { event in
            event.resourceStatus?.hasSuffix("_FAILED") == true && event.resourceStatusReason != nil
        }
        let cause = first.map { event in
            "\(event.logicalResourceId ?? stack.name): \(event.resourceStatusReason ?? "")"
        }
        return Diagnostic(
            code: "stack.failed", summary: "stack `\(stack.name)` ended as `\(stack.status)`",
            causes: [cause ?? stack.statusReason ?? "its events name no cause"],
            hint: "remove the cause, then run the same command again")
    }
}
