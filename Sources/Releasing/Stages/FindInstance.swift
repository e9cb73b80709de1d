import AWS
package import BuildGraph
import Diagnostics
import JSON

/// An instance that is there already, which an image shall be made of.
package struct FindInstance: Stage {
    /// How the instance is named.
    package enum Reference: Sendable, Equatable {
        /// The one instance of that stack.
        case stack(String)
        case instance(String)
    }

    /// The instance.
    package struct Outputs: Codable, Sendable, Equatable {
        package let instanceId: String
    }

    let reference: Reference
    let region: String
    let aws: any AWSCaller

    private static let instanceType = "AWS::EC2::Instance"

    package var name: StageName { "instance" }
    package var revision: Int { 1 }
    package var isLookup: Bool { true }
    package var inputs: [StageInput] {
        switch reference {
        case .stack(let name): [.setting(pointer: "--stack-name", value: .string(name))]
        case .instance(let id): [.setting(pointer: "--instance-id", value: .string(id))]
        }
    }

    package func preflight(_ context: StageContext) async throws { _ = try await run(context) }

    package func run(_ context: StageContext) async throws -> Outputs {
        let id =
            switch reference {
            case .stack(let name): try await instance(ofStack: name)
            case .instance(let id): id
            }
        guard let instance = try await find(id, context.time) else {
            throw Diagnostic(
                code: "instance.not-found", summary: "no instance `\(id)` in region `\(region)`",
                hint: "check the id and the region (`--region`)")
        }
        guard ["running", "stopping", "stopped"].contains(instance.state) else {
            throw Diagnostic(
                code: "instance.wrong-state", summary: "instance `\(id)` is `\(instance.state)`",
                hint: instance.state == "pending"
                    ? "wait until it runs, then run the same command again"
                    : "an image can be made of a running or a stopped instance only")
        }
        return Outputs(instanceId: id)
    }

    package func verify(_ outputs: Outputs, _ context: StageContext) async throws -> Existence {
        guard let instance = try await find(outputs.instanceId, context.time),
            !["shutting-down", "terminated"].contains(instance.state)
        else { return .missing("instance \(outputs.instanceId)") }
        return .exists
    }

    /// One that has ended is still told of for an hour; one that is unknown may be too young.
    private func find(_ id: String, _ time: any TimeSource) async throws -> EC2Instance? {
        try await PatientLook(time: time).find {
            do {
                return try await aws.all(DescribeInstances(instanceIds: [id]), region: region)
                    .first
            } catch let error as Diagnostic where error.code.hasPrefix("aws.InvalidInstanceID") {
                return nil
            }
        }
    }

    private func instance(ofStack name: String) async throws -> String {
        let resources: [StackResource]
        do {
            resources = try await aws.call(DescribeStackResources(stackName: name), region: region)
        } catch let error as Diagnostic where StackDeployment.saysNoSuchThing(error) {
            throw Diagnostic(
                code: "instance.no-stack",
                summary: "stack `\(name)` does not exist in region `\(region)`",
                hint: "`dssbatch show-aws-assets --type stack` lists the stacks of an asset id")
        }
        let ids = resources.filter { $0.type == Self.instanceType }.compactMap(\.physicalId)
        guard let id = ids.first, ids.count == 1 else {
            throw Diagnostic(
                code: "instance.not-one",
                summary: "stack `\(name)` has \(ids.count) instances, not one",
                hint: "name the instance itself with `--instance-id`")
        }
        return id
    }
}
