import AWS
package import BuildGraph
import Diagnostics
import JSON
import OrderedCollections

extension DeployStack {
    private static let previewEvent = "change-set"

    /// The change set that a run would carry out; it is deleted again, and so is the empty stack
    /// that one for a new stack leaves.
    package func preview(
        _ context: StageContext, open: Set<StageName>
    ) async throws -> StagePreview? {
        let (values, later) = try await knownParameters(context)
        guard later.isEmpty else { return decidedLater(later) }
        let found = try await stacks.find(stack.name)
        switch StackAction(status: found?.status) {
        case .create:
            return try await proposed(.create, "create", values, open)
        case .update: return try await proposed(.update, "update", values, open)
        // A change set of one's own could not be told from what somebody else left there.
        case .replace: return preview("replace", found, "is deleted and created again")
        case .wait: return preview("wait", found, "is waited for, then compared")
        case .explain:
            guard let found else { return nil }
            let problem = try await stacks.explanation(of: found)
            return preview("explain", found, problem.hint ?? problem.summary)
        }
    }

    private func proposed(
        _ kind: CreateChangeSet.Kind, _ verb: String, _ values: [String: String],
        _ open: Set<StageName>
    ) async throws -> StagePreview {
        let request = try request(values)
        let withdraw: @Sendable () async throws -> Void = {
            try await stacks.withdraw(
                StackDeployment.changeSetName(request.token, kind), stack: stack.name,
                removesStack: kind == .create)
        }
        let proposal: StackDeployment.Proposal
        do {
            proposal = try await stacks.propose(request, kind: kind, withValues: true) { _ in }
        } catch {
            // Whatever stopped it, also an interruption, nothing is left behind.
            try await Task.detached(operation: withdraw).value
            throw error
        }
        try await Task.detached(operation: withdraw).value
        let names = open.sorted().map(\.rawValue).joined(separator: ", ")
        let condition = open.isEmpty ? "" : ", if the outputs of \(names) stay as they are"
        if proposal.isEmpty {
            return preview(
                "none", nil,
                "stack \(stack.name) in \(stack.region): nothing differs" + condition)
        }
        let changes = StackChanges(proposal.changes)
        return StagePreview(
            event: Self.previewEvent,
            title: "\(verb) stack \(stack.name) in \(stack.region)\(condition)",
            rows: changes.rows, details: .object(details(verb, changes.json)))
    }

    /// The parameters' values as far as they are known before anything runs, and the stages after
    /// which the rest is known.
    private func knownParameters(
        _ context: StageContext
    ) async throws -> (values: [String: String], later: [String: String]) {
        let recorded = try context.outputs(of: DeployStack.self)
        var values: [String: String] = [:]
        var later: [String: String] = [:]
        for parameter in stack.parameters {
            switch parameter.value {
            case .text(let text): values[parameter.name] = text
            case .output(let reference):
                let name = StageName(rawValue: reference.stage)
                var outputs = recorded[name]?.outputs
                // One that nobody recorded may be there all the same.
                if outputs == nil { outputs = try await liveOutputs(of: reference.stage) }
                if let value = outputs?[reference.output] {
                    values[parameter.name] = value
                } else {
                    later[parameter.name] = reference.stage
                }
            }
        }
        return (values, later)
    }

    private func liveOutputs(of stage: String) async throws -> [String: String]? {
        guard let other = others.first(where: { $0.stage == stage }) else { return nil }
        let stacks = StackDeployment(aws: services.aws, region: other.region, time: services.time)
        guard let found = try await stacks.find(other.name), StackAction.isGood(found.status)
        else { return nil }
        return found.outputs
    }

    private func decidedLater(_ later: [String: String]) -> StagePreview {
        let stages = Set(later.values).sorted().joined(separator: ", ")
        let known = later.sorted { $0.key < $1.key }
        var details = details("later", [])
        details["parameters"] = .object(
            OrderedDictionary(
                uniqueKeysWithValues: known.map {
                    ($0.key, JSONValue.string("known after \($0.value)"))
                }))
        return StagePreview(
            event: Self.previewEvent,
            title: "stack \(stack.name) in \(stack.region): decided after \(stages)",
            rows: known.map { ["parameter", $0.key, "known after \($0.value)"] },
            details: .object(details))
    }

    private func preview(_ action: String, _ found: Stack?, _ text: String) -> StagePreview {
        let start = found.map { "stack \($0.name) is in \($0.status): " } ?? ""
        return StagePreview(
            event: Self.previewEvent, title: start + text, details: .object(details(action, [])))
    }

    private func details(
        _ action: String, _ changes: JSONValue
    ) -> OrderedDictionary<String, JSONValue> {
        [
            "stack": .string(stack.name), "region": .string(stack.region),
            "action": .string(action), "changes": changes,
        ]
    }
}
