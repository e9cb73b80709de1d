import AWS
package import BuildGraph
import Diagnostics
import FoundationEssentials
import Glibc
import JSON

/// Starts the machine: a fresh key pair, a stack with one instance, and its ssh greeting.
///
/// The machine ends with the run, unless `lastingFolder` says that it is to outlive it.
package struct LaunchInstance: Stage {
    /// The running machine.
    package struct Outputs: Codable, Sendable, Equatable {
        package let stackName: String
        package let instanceId: String
        package let publicDnsName: String
        package var machine: Machine
        /// A folder for secrets on this machine, which goes when the run ends.
        package let scratchFolder: String
        /// `LaunchInstance.origin` where an earlier run left it standing; else nil.
        package var origin: String?
    }

    let settings: ReleaseManifest.Instance
    let assetId: AssetId
    let region: String
    let project: ProjectFolder
    let services: Services
    /// For the private key while the machine lives; absolute, without a slash at the end.
    let keyFolder: String
    /// A pair of the user's own; nil for a fresh one.
    var existingKey: ExistingKeyPair?
    /// Where the machine's files go when it outlives the run; nil where it does not.
    var lastingFolder: String?
    /// Whether a machine that an earlier run left standing is not gone on with.
    var startsFresh = false
    /// What the machine's image is for that EC2 refuses for an encrypted one.
    var plainPurposes: [String] = []
    /// Where its images are to be public.
    var publicRegions: [String] = []
    /// The manifest's own tags.
    var ownTags = OwnTags.none

    static let template = "cfn/ec2.yaml"
    /// The dead man's switch: a machine that nobody remembers ends itself.
    static let maximumLifeMinutes = 360
    private static let greetingDeadlineSeconds = 600.0

    /// A machine that lasts is a stage of its own: those that work on it reach it anew.
    package var name: StageName { lastingFolder == nil ? "instance" : "machine" }
    package var lifetime: StageLifetime { lastingFolder == nil ? .ephemeral : .durable }
    package var revision: Int { 1 }
    package var upstream: [StageName] { ["source-ami"] }
    package var inputs: [StageInput] {
        [
            .setting(pointer: "/instance/type", value: .string(settings.type)),
            .setting(pointer: "/instance/volumeGiB", value: .integer(Int64(settings.volumeGiB))),
            .setting(pointer: "/instance/user", value: .string(settings.user)),
            .setting(pointer: "/instance/sshPort", value: .integer(Int64(settings.sshPort))),
            .setting(
                pointer: "/instance/ingressCidr", value: .string(settings.ingressCidr ?? "auto")),
            .file(path: Self.template),
        ]
    }

    /// Of the first type; where EC2 has none of that, another one is started.
    package func costUSD(seconds: Double?) -> Double? {
        guard services.isPriced else { return 0 }
        // How long a person wants it, nobody knows.
        guard lastingFolder == nil else { return nil }
        return seconds.flatMap {
            PriceTable.listed.machineUSD(
                region: region, type: settings.type, volumeGiB: settings.volumeGiB, seconds: $0)
        }
    }

    package func preflight(_ context: StageContext) async throws {
        try await existingKey?.check(region: region, services: services)
        _ = try await services.access.port(ofNewMachineAt: settings.sshPort)
        try await encryption.checkSetting(context)
        try await PublicAccessBlock.check(publicRegions, aws: services.aws, context)
    }

    package func run(_ context: StageContext) async throws -> Outputs {
        guard let lastingFolder else {
            if let machine = try await continued(context) { return machine }
            try await takeDown(context)
            return try await launch(context)
        }
        try await takeDown(context)
        try await settleEarlier(context)
        do {
            return try await handOver(try await launch(context), to: lastingFolder, context)
        } catch {
            // Not in this task, which may be cancelled: nothing else would end the machine.
            let end = await Task { try await takeDown(context) }.result
            if case .failure(let problem) = end {
                context.warn(
                    "the machine could not be taken down: \(Diagnostic.from(problem).summary) "
                        + "(the next run removes it)")
            }
            throw error
        }
    }

    private func launch(_ context: StageContext) async throws -> Outputs {
        let source = try context.output(of: SourceAMI.self)
        let stackName = ResourceNames.stack(
            assetId: assetId.text, suffix: ResourceNames.randomSuffix())
        let keyPath = try await makeKeyPair(named: stackName, context)
        let outputs = try await createStack(
            stackName, keyName: existingKey?.name ?? stackName, source: source, context)
        guard let instanceId = outputs["InstanceId"] else {
            throw Diagnostic(
                code: "instance.no-output", summary: "stack `\(stackName)` names no `InstanceId`",
                hint: "`\(Self.template)` must have that output")
        }
        try await encryption.checkVolumes(of: instanceId)
        guard let host = Self.host(in: outputs) else {
            throw Diagnostic(
                code: "instance.no-address",
                summary: "instance `\(instanceId)` has no public address",
                hint: "the default subnet of `\(region)` must give out public addresses")
        }
        let port = try await services.access.port(ofNewMachineAt: settings.sshPort)
        context.progress(nil, "waiting for ssh at \(host):\(port)")
        let knownHosts: String
        do {
            knownHosts = try await services.access.waitForGreeting(
                host: host, port: port, deadlineSeconds: Self.greetingDeadlineSeconds,
                onProgress: { context.progress(nil, $0) })
        } catch let problem as Diagnostic where problem.code == "ssh.not-ready" {
            // Only now: once the stack is gone, nobody can ask any more.
            let told = await MachineConsole(aws: services.aws, region: region)
                .explaining(problem, instanceId: instanceId, log: context.log)
            throw await MachineFate(aws: services.aws, region: region)
                .explaining(told, instanceId: instanceId)
        }
        return Outputs(
            stackName: stackName, instanceId: instanceId, publicDnsName: host,
            machine: Machine(
                host: host, port: port, user: settings.user,
                privateKeyPath: keyPath, knownHosts: knownHosts),
            scratchFolder: scratchFolder(context))
    }

    /// The address in a stack's outputs; nil where it has none.
    static func host(in outputs: [String: String]) -> String? {
        [outputs["PublicDnsName"], outputs["PublicIp"]].compactMap { $0 }.first { !$0.isEmpty }
    }

    package func verify(_ outputs: Outputs, _ context: StageContext) async throws -> Existence {
        guard let stack = try await stacks(context).find(outputs.stackName),
            !stack.status.hasPrefix("DELETE_")
        else { return .missing("stack \(outputs.stackName)") }
        return try await existence(of: outputs.instanceId, context)
    }

    /// Whether an instance lives: the dead man's switch ends it and leaves its stack.
    func existence(of instanceId: String, _ context: StageContext) async throws -> Existence {
        try await FindInstance(
            reference: .instance(instanceId), region: region, aws: services.aws
        ).verify(.init(instanceId: instanceId), context)
    }

    package func takeDown(_ context: StageContext) async throws {
        let leftovers = LeftoverRemoval(services: services)
        var first: (any Error)?
        // The stack first: it holds what costs money. One failure does not spare the others.
        for kind in [LeftoverKind.stack, .keyPair, .privateKey] {
            for entry in await context.journal.unfinished(of: kind)
            where !entry.isHeld(at: context.time.now()) {
                do {
                    try await leftovers.settle(
                        entry, in: context.journal, onProgress: context.progress,
                        warn: context.warn)
                } catch {
                    first = first ?? error
                }
            }
        }
        if let first { throw first }
    }

    private func makeKeyPair(named keyName: String, _ context: StageContext) async throws -> String
    {
        let folder = scratchFolder(context)
        let file = try await context.journal.intend(
            .privateKey, at: .machine, name: folder,
            details: services.access.machine.details)
        if let existingKey {
            try services.access.makeFolder(folder)
            try await context.journal.created(file, id: folder)
            return existingKey.privateKeyPath
        }
        let pair = try await services.access.makeKeyPair(in: folder)
        try await context.journal.created(file, id: folder)
        let entry = try await context.journal.intend(
            LeftoverKind.keyPair, region: region, name: keyName)
        let imported = try await importKeyPair(keyName, publicKey: pair.publicKey, context)
        try await context.journal.created(entry, id: imported.id ?? keyName)
        return pair.privateKeyPath
    }

    private func importKeyPair(
        _ keyName: String, publicKey: String, _ context: StageContext
    ) async throws -> EC2KeyPair {
        try await LostAnswer.creating(
            duplicateCode: "aws.InvalidKeyPair.Duplicate", time: context.time,
            create: {
                try await services.aws.call(
                    ImportKeyPair(
                        keyName: keyName, publicKey: publicKey,
                        tags: ResourceNames.tags(
                            assetId: assetId.text, own: ownTags, runId: context.runId)),
                    region: region)
            },
            find: {
                try await services.aws.call(
                    DescribeKeyPairs(filters: [EC2Filter("key-name", keyName)]), region: region
                ).first { $0.tags[ResourceNames.runTag] == context.runId }
            })
    }

    /// Holds the private key and what Ansible writes; short, because ssh's sockets lie in it.
    static func scratchFolder(in folder: String, runId: String) -> String {
        "\(folder)/dss-\(runId.prefix(8))"
    }

    func scratchFolder(_ context: StageContext) -> String {
        Self.scratchFolder(in: keyFolder, runId: context.runId)
    }

    /// Makes the machine independent of this run: its key is kept, and the journal lets go of it.
    private func handOver(
        _ outputs: Outputs, to folder: String, _ context: StageContext
    ) async throws -> Outputs {
        var outputs = outputs
        try services.access.makeFolder(folder)
        outputs.machine = try store(
            outputs.machine, in: LastingFiles(folder: folder, stackName: outputs.stackName))
        try await LeftoverRemoval(services: services).removeUnfinished(
            context, of: .privateKey)
        for entry in await context.journal.unfinished() {
            try await context.journal.kept(entry.entry)
        }
        return outputs
    }

    /// Keeps what leads onto the machine; a pair of the user's own stays where it is.
    ///
    /// - Returns: the machine with the key where it lies now.
    func store(_ machine: Machine, in files: LastingFiles) throws -> Machine {
        var machine = machine
        try services.access.writeKnownHosts(machine.knownHosts, to: files.knownHostsPath)
        if existingKey == nil {
            try services.access.copyPrivateKey(
                from: machine.privateKeyPath, to: files.privateKeyPath)
            machine.privateKeyPath = files.privateKeyPath
        }
        return machine
    }

    /// What becomes of an earlier machine that lasts: one that lives stays beside this one, and
    /// one that has ended itself takes its stack and key pair with it.
    private func settleEarlier(_ context: StageContext) async throws {
        guard let earlier = try context.previous(Outputs.self),
            try await stacks(context).find(earlier.stackName) != nil
        else { return }
        if case .exists = try await verify(earlier, context) {
            return context.warn(
                "the machine of stack `\(earlier.stackName)` stays beside the new one; "
                    + "`dssbatch clean --asset-id \(ShellWord.quoted(assetId.text))` removes it")
        }
        try await stacks(context).delete(earlier.stackName, onProgress: context.progress)
        // Of a pair of the user's own there is none of that name, which is no error.
        try await EC2KeyPairs(aws: services.aws, region: region, time: context.time)
            .remove(named: earlier.stackName, bornAt: nil)
    }

    private var encryption: EBSEncryption {
        EBSEncryption(aws: services.aws, region: region, purposes: plainPurposes)
    }

    func stacks(_ context: StageContext) -> StackDeployment {
        StackDeployment(aws: services.aws, region: region, time: context.time)
    }
}
