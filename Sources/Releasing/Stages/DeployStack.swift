import AWS
package import BuildGraph
import Diagnostics
import FoundationEssentials
import JSON
import OrderedCollections

/// Creates a permanent stack, or brings it up to date, through a change set.
package struct DeployStack: Stage {
    /// The stack as it is now.
    package struct Outputs: Codable, Sendable, Equatable {
        package let stackId: String
        package let stackName: String
        package let region: String
        /// What its template gives to other stacks and to people.
        package let outputs: [String: String]
    }

    let stack: InfrastructureManifest.Stack
    /// Every stack of the manifest, to find those whose outputs this one needs.
    let others: [InfrastructureManifest.Stack]
    let project: ProjectFolder
    let services: Services

    static let stackDetail = "stack"
    static let kindDetail = "kind"
    /// Waiting, deleting and waiting again; a stack that still cannot be worked on then is
    /// somebody else's at this moment.
    private static let mostSteps = 6

    package var name: StageName { StageName(rawValue: stack.stage) }
    package var revision: Int { 1 }
    package var upstream: [StageName] { stack.needs.map { StageName(rawValue: $0) } }
    package var inputs: [StageInput] {
        let place = "/stacks/\(stack.stage)"
        return [
            .setting(pointer: place + "/name", value: .string(stack.name)),
            .setting(
                pointer: stack.hasOwnRegion ? place + "/region" : "/region",
                value: .string(stack.region)),
            .setting(
                pointer: place + "/capabilities",
                value: .array(stack.capabilities.sorted().map { .string($0) })),
            .setting(
                pointer: place + "/tags",
                value: .object(
                    .init(
                        uniqueKeysWithValues: stack.tags.sorted { $0.key < $1.key }.map {
                            ($0.key, JSONValue.string($0.value))
                        }))),
            .file(path: stack.template),
        ]
            + stack.parameters.map {
                .setting(pointer: "\(place)/parameters/\($0.name)", value: $0.value.setting)
            }
    }

    var stacks: StackDeployment {
        StackDeployment(aws: services.aws, region: stack.region, time: services.time)
    }

    package func run(_ context: StageContext) async throws -> Outputs {
        let outputs = try await deploy(context)
        try await NotFoundPage(outputs: outputs.outputs)?
            .put(aws: services.aws, region: stack.region)
        return outputs
    }

    private func deploy(_ context: StageContext) async throws -> Outputs {
        let parameters = try parameters(context)
        try await settleInterrupted(context)
        for _ in 0..<Self.mostSteps {
            let found = try await stacks.find(stack.name)
            switch StackAction(status: found?.status) {
            case .create: return try await deploy(.create, parameters, context)
            case .update: return try await deploy(.update, parameters, context)
            case .replace: try await remove(found, context)
            case .wait: try await wait(found, context)
            case .explain: if let found { throw try await stacks.explanation(of: found) }
            }
        }
        throw Diagnostic(
            code: "stack.busy", summary: "stack `\(stack.name)` did not come to rest",
            causes: ["somebody else works on it"],
            hint: "wait until that has ended, then run the same command again")
    }

    package func verify(_ outputs: Outputs, _ context: StageContext) async throws -> Existence {
        let stacks = StackDeployment(
            aws: services.aws, region: outputs.region, time: services.time)
        guard let found = try await stacks.find(outputs.stackName) else {
            return .missing("stack \(outputs.stackName)")
        }
        guard StackAction.isGood(found.status) else {
            return .missing("stack \(outputs.stackName), which is in \(found.status)")
        }
        return found.id == outputs.stackId && found.outputs == outputs.outputs
            ? .exists : .missing("stack \(outputs.stackName) with the recorded outputs")
    }

    package func ownership(
        of outputs: Outputs, account: String, _ context: StageContext
    ) async throws -> Ownership {
        // CloudFormation knows no stacks of others, and `verify` has compared the id.
        .own
    }

    package func identity(of outputs: Outputs) -> String {
        "\(outputs.region)/\(outputs.stackName)"
    }

    /// What CloudFormation is asked for.
    func request(_ parameters: [String: String]) throws -> StackDeployment.Request {
        StackDeployment.Request(
            name: stack.name,
            template: try StackDeployment.template(stack.template, of: project),
            parameters: parameters,
            tags: stack.tags.sorted { $0.key < $1.key }.map { AWSTag($0.key, $0.value) },
            capabilities: stack.capabilities, token: UUID().uuidString.lowercased())
    }

    /// The parameters' values, other stacks' outputs filled in.
    ///
    /// - Throws: `stack.no-output`.
    private func parameters(_ context: StageContext) throws -> [String: String] {
        let upstream = try context.outputs(of: DeployStack.self)
        var values: [String: String] = [:]
        for parameter in stack.parameters {
            switch parameter.value {
            case .text(let text): values[parameter.name] = text
            case .output(let reference):
                let outputs = upstream[StageName(rawValue: reference.stage)]?.outputs ?? [:]
                guard let value = outputs[reference.output] else {
                    let names = outputs.keys.sorted()
                    throw Diagnostic(
                        code: "stack.no-output",
                        summary: "stack of stage `\(reference.stage)` has no output "
                            + "`\(reference.output)`",
                        location: "/stacks/\(stack.stage)/parameters/\(parameter.name)",
                        hint: NameSuggestion.hint(for: reference.output, among: names))
                }
                values[parameter.name] = value
            }
        }
        return values
    }

    private func deploy(
        _ kind: CreateChangeSet.Kind, _ parameters: [String: String], _ context: StageContext
    ) async throws -> Outputs {
        let request = try request(parameters)
        let entry = try await context.journal.intend(
            LeftoverKind.changeSet, region: stack.region,
            name: StackDeployment.changeSetName(request.token, kind), token: request.token,
            details: [Self.stackDetail: stack.name, Self.kindDetail: kind.rawValue])
        let proposal: StackDeployment.Proposal
        do {
            proposal = try await stacks.propose(request, kind: kind, withValues: true) {
                try await context.journal.created(entry, id: $0.changeSetId)
            }
        } catch let error as Diagnostic where error.causesNoChange {
            try await take(back: entry, request, kind, context)
            throw error
        }
        if proposal.isEmpty {
            try await take(back: entry, request, kind, context)
            guard let found = try await stacks.find(stack.name) else { throw vanished }
            context.progress(nil, "stack \(stack.name): nothing differs")
            return outputs(of: found)
        }
        for row in StackChanges(proposal.changes).rows {
            context.progress(nil, row.filter { !$0.isEmpty }.joined(separator: "  "))
        }
        try await stacks.execute(proposal, token: request.token)
        let ended = try await stacks.watch(
            proposal.stackId, name: stack.name, token: request.token,
            onProgress: context.progress)
        try await context.journal.gone(entry)
        guard let ended else { throw vanished }
        guard ended.status == "\(kind.rawValue)_COMPLETE" else {
            throw try await stacks.failure(of: ended, token: request.token)
        }
        return outputs(of: ended)
    }

    private func take(
        back entry: JournalEntryID, _ request: StackDeployment.Request,
        _ kind: CreateChangeSet.Kind, _ context: StageContext
    ) async throws {
        try await stacks.withdraw(
            StackDeployment.changeSetName(request.token, kind), stack: stack.name,
            removesStack: kind == .create)
        try await context.journal.gone(entry)
    }

    /// Takes back what an interrupted run only planned; what it was carrying out goes on, and is
    /// waited for as anybody's.
    private func settleInterrupted(_ context: StageContext) async throws {
        try await LeftoverRemoval(services: services, stacks: [stack]).removeUnfinished(
            context, of: .changeSet)
    }

    private func remove(_ found: Stack?, _ context: StageContext) async throws {
        guard let found else { return }
        let cause = try await stacks.operation(of: found, token: nil).firstCause
        context.warn(
            "stack \(found.name) is in \(found.status)\(cause.map { " (\($0))" } ?? ""): its "
                + "creation never completed, so it is deleted and created again")
        try await stacks.delete(found.id, onProgress: context.progress)
    }

    private func wait(_ found: Stack?, _ context: StageContext) async throws {
        guard let found else { return }
        context.progress(nil, "stack \(found.name) is in \(found.status): waiting for its end")
        _ = try await stacks.watch(
            found.id, name: found.name, token: nil, onProgress: context.progress)
    }

    private var vanished: Diagnostic {
        Diagnostic(
            code: "stack.vanished", summary: "stack `\(stack.name)` was deleted meanwhile",
            causes: ["somebody else works on it"], hint: "run the same command again")
    }

    private func outputs(of found: Stack) -> Outputs {
        Outputs(
            stackId: found.id, stackName: found.name, region: stack.region,
            outputs: found.outputs)
    }
}

extension Diagnostic {
    /// Whether CloudFormation refused before it changed anything.
    fileprivate var causesNoChange: Bool {
        ["stack.rejected", "aws.ValidationError", "aws.InsufficientCapabilitiesException"]
            .contains(code)
    }
}

extension InfrastructureManifest.Value {
    /// As the manifest has it, in one form.
    fileprivate var setting: JSONValue {
        switch self {
        case .text(let text): .string(text)
        case .output(let reference):
            ["stack": .string(reference.stage), "output": .string(reference.output)]
        }
    }
}
