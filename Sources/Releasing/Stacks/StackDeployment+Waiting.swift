import AWS
import Diagnostics

extension StackDeployment {
    /// So many looks may pass before the events of an operation that was begun are visible.
    private static let mostBlindLooks = 10
    private static let eventPageLimit = 100

    /// Waits until a stack has come to rest.
    ///
    /// - Parameters:
    ///   - id: the stack's; its name may be given to another one meanwhile.
    ///   - isSettled: whether a state is an end.
    /// - Throws: `aws.wait-timeout`.
    func settled(
        _ id: String, name: String, deadlineSeconds: Double,
        onProgress: @escaping @Sendable (Double?, String) -> Void,
        _ isSettled: (String) -> Bool
    ) async throws -> Stack {
        let schedule = WaiterSchedule(
            firstDelaySeconds: 1, expectedSeconds: nil, deadlineSeconds: deadlineSeconds)
        return try await Waiter.wait(
            "stack `\(name)`", schedule: schedule, time: time, onProgress: onProgress
        ) {
            guard let stack = try await find(id) else {
                return .pending(percent: nil, message: "stack \(name): not visible yet")
            }
            return isSettled(stack.status)
                ? .done(stack)
                : .pending(percent: nil, message: "stack \(name): \(stack.status)")
        }
    }

    /// Waits until what goes on in a stack has ended, and shows each of its events once.
    ///
    /// - Parameters:
    ///   - token: of the call that began it; nil where somebody else did.
    ///   - onProgress: gets the events, the oldest first.
    /// - Returns: the stack at rest; nil where it is deleted.
    /// - Throws: `aws.wait-timeout`.
    func watch(
        _ id: String, name: String, token: String?,
        onProgress: @escaping @Sendable (Double?, String) -> Void
    ) async throws -> Stack? {
        let schedule = WaiterSchedule(
            firstDelaySeconds: 1, expectedSeconds: nil, deadlineSeconds: Self.deadlineSeconds)
        var shown: Set<String> = []
        var blindLooks = 0
        return try await Waiter.wait("stack `\(name)`", schedule: schedule, time: time) {
            guard let stack = try await find(id), stack.status != "DELETE_COMPLETE" else {
                return .done(nil)
            }
            let operation = try await operation(of: stack, token: token)
            for event in operation.events where shown.insert(event.id).inserted {
                onProgress(nil, StackOperation.line(event))
            }
            // Right after a call a stack may still show the state that it had before.
            if token != nil, operation.events.isEmpty, blindLooks < Self.mostBlindLooks {
                blindLooks += 1
                return .pending(percent: nil, message: "stack \(name): not begun yet")
            }
            return stack.status.hasSuffix("_IN_PROGRESS")
                ? .pending(percent: nil, message: "stack \(name): \(stack.status)")
                : .done(stack)
        }
    }

    /// What was done to a stack last.
    func operation(of stack: Stack, token: String?) async throws -> StackOperation {
        StackOperation(
            newestFirst: try await lastEvents(of: stack), stackName: stack.name, token: token)
    }

    /// What an operation failed of.
    ///
    /// - Parameter token: of the call that began it.
    func failure(of stack: Stack, token: String) async throws -> Diagnostic {
        let events = try await lastEvents(of: stack)
        let own = StackOperation(newestFirst: events, stackName: stack.name, token: token)
        let operation =
            own.events.isEmpty
            ? StackOperation(newestFirst: events, stackName: stack.name, token: nil) : own
        let isBack = stack.status == "UPDATE_ROLLBACK_COMPLETE"
        return Diagnostic(
            code: "stack.failed", summary: "stack `\(stack.name)` ended as `\(stack.status)`",
            causes: [operation.firstCause ?? stack.statusReason ?? "its events name no cause"],
            hint: (isBack ? "it is as it was before; " : "")
                + "remove the cause, then run the same command again")
    }

    /// The events since the last operation began, the newest first; a stack that is years old has
    /// many more.
    private func lastEvents(of stack: Stack) async throws -> [StackEvent] {
        var events: [StackEvent] = []
        var request = DescribeStackEvents(stackName: stack.id)
        for _ in 0..<Self.eventPageLimit {
            let page = try await aws.call(request, region: region)
            events += page.items
            let isWhole = page.items.contains {
                StackOperation.isStart($0, of: stack.name, token: nil)
            }
            guard !isWhole, let next = page.nextToken, !next.isEmpty else { break }
            request.pageToken = next
        }
        return events
    }
}
