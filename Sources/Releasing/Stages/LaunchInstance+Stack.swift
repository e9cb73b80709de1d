import AWS
import BuildGraph
import Diagnostics
import FoundationEssentials

extension LaunchInstance {
    /// Creates the stack, in the places that the manifest allows one after the other.
    ///
    /// A failed stack is removed before the next one takes its name.
    ///
    /// - Throws: `instance.no-capacity` where EC2 starts none anywhere, `stack.failed`.
    func createStack(
        _ stackName: String, keyName: String, source: SourceAMI.Outputs, _ context: StageContext
    ) async throws -> [String: String] {
        var search = CapacitySearch(types: settings.allTypes)
        var events: [CapacitySearch.Event] = []
        var last: Diagnostic?
        while true {
            switch search.next(after: events) {
            case .launch(let place):
                do {
                    return try await createStack(
                        stackName, at: place, keyName: keyName, source: source, context)
                } catch let problem as Diagnostic {
                    guard let refusal = Self.refusal(in: problem) else { throw problem }
                    context.progress(nil, "no machine \(place): \(refusal.explanation)")
                    try await removeStacks(context)
                    if events.isEmpty {
                        search.zones = try await MachineZones(aws: services.aws, region: region)
                            .offering(settings.allTypes)
                    }
                    search.types = try await fitting(search.types, after: problem)
                    events.append(.refused(place, refusal))
                    last = problem
                }
            case .wait(let bound):
                let seconds = bound * Double.random(in: 0.75...1.25)
                context.progress(
                    nil,
                    "waiting \(Int(seconds)) s for capacity in \(region): EC2 starts no "
                        + settings.allTypes.map { "`\($0)`" }.joined(separator: " or ")
                        + " now")
                try await context.time.sleep(seconds: seconds)
                events.append(.waited(seconds: seconds))
            case .giveUp:
                throw noCapacity(last)
            }
        }
    }

    /// Why EC2 refused the machine of a stack; nil for any other failure.
    private static func refusal(in problem: Diagnostic) -> LaunchRefusal? {
        guard problem.code == "stack.failed" else { return nil }
        return problem.causes.first.flatMap(LaunchRefusal.init(reason:))
    }

    /// The types that could start if nothing else ran: waiting helps no larger one.
    private func fitting(_ types: [String], after problem: Diagnostic) async throws -> [String] {
        guard let limit = problem.causes.first.flatMap(LaunchRefusal.vcpuLimit(in:)) else {
            return types
        }
        do {
            let known = try await services.aws.all(
                DescribeInstanceTypes(instanceTypes: types), region: region)
            let large = Set(known.filter { $0.vcpus > limit }.map(\.name))
            return types.filter { !large.contains($0) }
        } catch let error as Diagnostic where error.code == "aws.UnauthorizedOperation" {
            return types
        }
    }

    private func noCapacity(_ last: Diagnostic?) -> Diagnostic {
        Diagnostic(
            code: "instance.no-capacity",
            summary: "no zone of `\(region)` starts a machine of type "
                + settings.allTypes.map { "`\($0)`" }.joined(separator: " or "),
            causes: last?.causes ?? [],
            hint: "name other types in `/instance/types`, or have the vCPU quota raised: "
                + "`dssbatch doctor` says how much is in use")
    }

    private func removeStacks(_ context: StageContext) async throws {
        try await LeftoverRemoval(services: services).removeUnfinished(
            context, of: .stack)
    }

    private func createStack(
        _ stackName: String, at place: CapacitySearch.Place, keyName: String,
        source: SourceAMI.Outputs, _ context: StageContext
    ) async throws -> [String: String] {
        let template = try MachineTemplate.text(
            StackDeployment.template(Self.template, of: project), tags: ownTags)
        let cidr = try await ingressCidr()
        let entry = try await context.journal.intend(
            LeftoverKind.stack, region: region, name: stackName)
        let tags = ResourceNames.tags(
            assetId: assetId.text, own: ownTags, runId: context.runId)
        let request = StackDeployment.Request(
            name: stackName, template: template,
            parameters: [
                "ImageId": source.imageId, "RootDeviceName": source.rootDeviceName,
                "InstanceType": place.type, "AvailabilityZone": place.zone ?? "",
                "VolumeSizeGiB": String(settings.volumeGiB),
                "KeyName": keyName, "IngressCidr": cidr.text,
                "IngressIpVersion": cidr.isVersion6 ? "6" : "4",
                "SshPort": String(settings.sshPort), "AssetId": assetId.text,
                "RunId": context.runId, "MaximumLifeMinutes": String(Self.maximumLifeMinutes),
            ],
            tags: tags, capabilities: [], token: UUID().uuidString.lowercased())
        return try await stacks(context).create(
            request, onCreated: { try await context.journal.created(entry, id: $0) },
            onProgress: context.progress)
    }

    private func ingressCidr() async throws -> CIDRBlock {
        if let given = settings.ingressCidr {
            return try CIDRBlock(given, location: "/instance/ingressCidr")
        }
        return try CIDRBlock(host: try await services.callerAddress.current())
    }
}
