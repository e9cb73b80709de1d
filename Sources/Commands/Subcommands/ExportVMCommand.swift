import ArgumentParser
import Releasing

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

    @Option(
        help: ArgumentHelp("Stack with one instance, as `setup-ec2` makes it.", valueName: "name"))
    var stackName: String?

    @Option(help: ArgumentHelp("Instance, whoever made it; it is restarted.", valueName: "id"))
    var instanceId: String?

    @Option(help: ArgumentHelp("AMI of this account; nothing else is made.", valueName: "id"))
    var amiId: String?

    @Option(
        help: ArgumentHelp(
            "Format of a VM image: VHD, VMDK or RAW (repeatable); replaces /export/formats.",
            valueName: "format"))
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
        let settings = Setting.texts([("/export/formats", ImageFormats.setting(vmImageFormat))])
        let opened = try preset.session(global, call, settings: settings)
        let (release, output) = (opened.release, opened.session.output)
        let source = try source(opened.session)
        let options = running.options(call.console)
        return try await opened.session.perform {
            try await release.export(source, options) { output.say($0) }
        }
    }

    private func source(_ session: Session) throws -> Release.ExportSource {
        if let amiId { return .image(amiId) }
        let machine =
            stackName.map { .stack($0) } ?? FindInstance.Reference.instance(instanceId ?? "")
        return .machine(try session.beside(.machine(.image(machine))))
    }
}
