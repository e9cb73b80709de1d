import AWS
import BuildGraph
import Diagnostics
import Glibc

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

    /// The most that CloudFormation takes in a request.
    private static let templateLimitBytes = 51_200

    /// The text of a template of the project.
    ///
    /// - Throws: `file.not-found`, `file.unreadable`, `file.too-large`.
    static func template(_ path: String, of project: ProjectFolder) throws -> String {
        String(
            decoding: try FileContents.read(
                project.absolute(path), limitBytes: templateLimitBytes), as: UTF8.self)
    }

    /// CloudFront takes its time.
    static let deadlineSeconds = 3600.0
    private static let machineDeadlineSeconds = 1800.0

    /// Creates a stack that lives no longer than its run, and waits for it.
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
        let proposal = try await propose(request, kind: .create) { try await onCreated($0.stackId) }
        try await execute(proposal, token: request.token)
        // At the first sign of a failure: what it leaves is deleted anyway.
        let stack = try await settled(
            proposal.stackId, name: request.name,
            deadlineSeconds: Self.machineDeadlineSeconds, onProgress: onProgress
        ) { !["CREATE_IN_PROGRESS", "REVIEW_IN_PROGRESS"].contains($0) }
        guard stack.status == "CREATE_COMPLETE" else {
            throw try await failure(of: stack, token: request.token)
        }
        return stack.outputs
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
        try await delete(stack, onProgress: onProgress)
    }

    /// Deletes a stack that was just found, and waits until it is gone.
    ///
    /// - Throws: `stack.not-deleted`, which names the command that removes it.
    func delete(
        _ stack: Stack, onProgress: @escaping @Sendable (Double?, String) -> Void
    ) async throws {
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
            where error.code == "aws.ValidationError" && Self.saysNoSuchThing(error)
        {
            return nil
        }
    }
}
