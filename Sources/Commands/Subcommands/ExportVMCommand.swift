import ArgumentParser
import BuildGraph
import Diagnostics
import Sandbox

/// The command `dssbatch export-vm`: stage `ami` on a machine that is there, and group `export`.
struct ExportVMCommand: Command {
    static let configuration = CommandConfiguration(
        commandName: "export-vm",
        abstract: "Exports an instance or an AMI that is there already to VM images.",
        discussion: """
            An instance is made an AMI of first, for which EC2 restarts it; the AMI replaces the \
            one of the same asset id, which a run's stage retire removes. It is recorded as the \
            release's own (`dssbatch adopt`), so that other commands go on with it. Interrupted \
            exports, and further formats, continue with the AMI that was made; once all are \
            complete, the same command makes another. Examples:
              dssbatch export-vm --asset-id test-1 --stack-name STACK
              dssbatch export-vm --asset-id test-1 --instance-id i-0123456789abcdef0
              dssbatch export-vm --ami-id ami-0123456789abcdef0 --vm-image-format RAW
            """)

    @Option(help: "Stack with one instance, as `setup-ec2` makes it.")
    var stackName: String?

    @Option(help: "Instance, whoever made it; it is restarted.")
    var instanceId: String?

    @Option(help: "AMI of this account; nothing else is made.")
    var amiId: String?

    @Option(
        help: "Format of a VM image: VHD, VMDK or RAW (repeatable); replaces /export/formats.")
    var vmImageFormat: [String] = []

    @OptionGroup var preset: PresetOptions
    @OptionGroup(title: "Running") var running: RunningOptions
    @OptionGroup(title: "Common options") var global: GlobalOptions

    func validate() throws {
        if [stackName, instanceId, amiId].compactMap({ $0 }).count != 1 {
            throw ValidationError("name one of --stack-name, --instance-id and --ami-id")
        }
    }

    func run(_ call: Invocation) async throws -> ExitStatus {
        let settings = Setting.texts([
            ("/export/formats", ImageFormats.setting(vmImageFormat))
        ])
        let opened = try preset.session(global, call, settings: settings)
        let release = opened.session
        let exports = try Selection(only: ["export"], force: [], skip: [], in: release.graph)
        if let amiId { try await release.requireConsent(toImage: amiId, exports, running) }
        var image = amiId ?? ""
        if amiId == nil {
            let status = try await makeImage(opened, exports, &image)
            guard status == .fresh else { return status }
        }
        let status = try await release.take(image, isOwn: amiId == nil, running)
        guard status == .fresh else { return status }
        if amiId == nil {
            try await MachineClaims.handOver(
                from: release.machineStore, to: release.store, lock: release.lock,
                region: opened.manifest.region, services: release.services)
        }
        return try await release.runToEnd(running.options(release, exports))
    }

    /// Makes an image of the instance, or takes the one whose exports were interrupted.
    private func makeImage(
        _ opened: ReleaseSession, _ exports: Selection, _ imageId: inout String
    ) async throws -> ExitStatus {
        let release = opened.session
        let reference: FindInstance.Reference =
            stackName.map { .stack($0) } ?? .instance(instanceId ?? "")
        var pipeline = PipelineOptions()
        pipeline.machineTask = .image(reference)
        let machine = try ReleaseSession(
            opened.manifest, preset.changes, global, release.call, pipeline: pipeline,
            output: release.output
        ).session
        let takesNew = ImageReuse.takesNew(
            exports: try await release.plan(exports, verify: false).plan,
            ofMachine: try await machine.store.load("ami"),
            ofRelease: try await release.store.load("ami"))
        // What is not taken again is made anew, also where nothing was made yet.
        let known = takesNew ? nil : ImageReuse.imageId(try await machine.store.load("ami"))
        try await release.requireConsent(toImage: known, exports, running)
        var run = running.options(
            machine, Selection(only: ["ami"], force: takesNew ? ["ami"] : [], refresh: true))
        run.verify = true
        let status = try await machine.runToEnd(run)
        guard status == .fresh else { return status }
        guard let image = ImageReuse.imageId(try await machine.store.load("ami")) else {
            throw Diagnostic(
                code: "ami.not-recorded", summary: "stage `ami` has recorded no image",
                hint: "run the same command again")
        }
        imageId = image
        return .fresh
    }
}
