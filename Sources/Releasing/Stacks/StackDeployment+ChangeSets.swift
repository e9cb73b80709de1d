import AWS
import Diagnostics

extension StackDeployment {
    /// A change set that is complete and has not been carried out.
    struct Proposal {
        let id: String
        let stackId: String
        /// Whether the stack is as it shall be already; such a change set can only be deleted.
        let isEmpty: Bool
        let changes: [ChangeSet.Change]
    }

    private static let changeSetDeadlineSeconds = 300.0

    /// The name of a request's change set.
    static func changeSetName(_ token: String, _ kind: CreateChangeSet.Kind) -> String {
        "\(kind.rawValue.lowercased())-\(token)"
    }

    /// Asks CloudFormation what a request would change; nothing is changed yet.
    ///
    /// - Parameter onCreated: called as soon as the change set is there.
    /// - Throws: `stack.rejected`; the change set is still there then.
    func propose(
        _ request: Request, kind: CreateChangeSet.Kind, withValues: Bool = false,
        onCreated: (CreateChangeSet.Created) async throws -> Void
    ) async throws -> Proposal {
        let created: CreateChangeSet.Created
        do {
            created = try await aws.call(
                CreateChangeSet(
                    stackName: request.name,
                    changeSetName: Self.changeSetName(request.token, kind), kind: kind,
                    templateBody: request.template, clientToken: request.token,
                    parameters: request.parameters.sorted { $0.key < $1.key }.map {
                        StackParameter($0.key, $0.value)
                    },
                    capabilities: request.capabilities, tags: request.tags),
                region: region)
        } catch let error as Diagnostic
            where ["aws.ValidationError", "aws.InsufficientCapabilitiesException"]
            .contains(error.code)
        {
            throw error.wrapped(
                in: "CloudFormation rejects stack `\(request.name)`",
                hint: "correct the template, its parameters or its capabilities")
        }
        try await onCreated(created)
        let changeSet = try await settledChangeSet(created.changeSetId, stack: request.name)
        guard changeSet.status == "CREATE_COMPLETE" || changeSet.isEmpty else {
            throw Diagnostic(
                code: "stack.rejected",
                summary: "CloudFormation rejects stack `\(request.name)`",
                causes: changeSet.statusReason.map { [$0] } ?? [],
                hint: "correct the template or its parameters")
        }
        return Proposal(
            id: created.changeSetId, stackId: created.stackId, isEmpty: changeSet.isEmpty,
            changes: withValues && !changeSet.isEmpty ? try await changes(of: created) : [])
    }

    /// Begins to carry a change set out.
    func execute(_ proposal: Proposal, token: String) async throws {
        _ = try await aws.call(
            ExecuteChangeSet(
                changeSetName: proposal.id, clientToken: token, stackName: proposal.stackId),
            region: region)
    }

    /// Deletes a change set, and the empty stack that a change set for a new one leaves, unless it
    /// has been carried out.
    ///
    /// - Parameters:
    ///   - changeSet: its name or ARN; one that is not there is no error.
    ///   - stack: the stack's name.
    ///   - removesStack: whether the change set made the empty stack.
    /// - Returns: whether it was never carried out.
    @discardableResult
    func withdraw(_ changeSet: String, stack: String, removesStack: Bool) async throws -> Bool {
        do {
            let found = try await settledChangeSet(changeSet, stack: stack)
            if found.executionStatus?.hasPrefix("EXECUTE_") == true { return false }
            _ = try await aws.call(
                DeleteChangeSet(changeSetName: changeSet, stackName: stack), region: region)
        } catch let error as Diagnostic where Self.saysNoSuchThing(error) {}
        // Looked at by its state: one that holds anything is never deleted here.
        if removesStack, let left = try await find(stack), left.status == "REVIEW_IN_PROGRESS" {
            try await delete(left.id, onProgress: { _, _ in })
        }
        return true
    }

    /// Whether an answer says that a stack or change set does not exist.
    static func saysNoSuchThing(_ error: Diagnostic) -> Bool {
        ["aws.ChangeSetNotFound", "aws.ChangeSetNotFoundException"].contains(error.code)
            || error.code == "aws.ValidationError"
                && error.causes.contains { $0.contains("does not exist") }
    }

    private func changes(of created: CreateChangeSet.Created) async throws -> [ChangeSet.Change] {
        try await aws.pages(
            DescribeChangeSet(
                changeSetName: created.changeSetId, stackName: created.stackId,
                includePropertyValues: true),
            region: region
        ).flatMap(\.changes)
    }

    private func settledChangeSet(_ name: String, stack: String) async throws -> ChangeSet {
        let schedule = WaiterSchedule(
            firstDelaySeconds: 0.5, expectedSeconds: nil,
            deadlineSeconds: Self.changeSetDeadlineSeconds)
        return try await Waiter.wait(
            "change set of stack `\(stack)`", schedule: schedule, time: time,
            onProgress: { _, _ in }
        ) {
            let changeSet = try await aws.call(
                DescribeChangeSet(changeSetName: name, stackName: stack), region: region)
            return ["CREATE_PENDING", "CREATE_IN_PROGRESS"].contains(changeSet.status)
                ? .pending(percent: nil, message: changeSet.status) : .done(changeSet)
        }
    }
}
