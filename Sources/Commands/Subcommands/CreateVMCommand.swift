import ArgumentParser
import JSON
import Releasing

/// The command `dssbatch create-vm`: AMI and VM images, without Docker image and GitHub.
struct CreateVMCommand: Command {
    static let configuration = CommandConfiguration(
        commandName: "create-vm",
        abstract: "Makes the AMI and, where asked to, the VM images.",
        discussion: """
            Starts a machine, installs the sandbox on it, makes an AMI of it, removes the machine \
            and exports the AMI. The same as `dssbatch run MANIFEST` without the Docker image and \
            GitHub: what is recorded and fresh is not made again, and what was interrupted \
            continues. DSS_DEFAULT_PASSWORD and DSS_JUPYTER_PASSWORD have to be set. Examples:
              dssbatch create-vm --asset-id 3.4.0
              dssbatch create-vm --vm-image-format VMDK --vm-image-format RAW
              dssbatch create-vm --no-vm --make-ami-public
            """)

    @OptionGroup var preset: PresetOptions

    @Option(
        help: ArgumentHelp(
            "Format of a VM image: VHD, VMDK or RAW (repeatable); replaces /export/formats.",
            valueName: "format"))
    var vmImageFormat: [String] = []

    @Flag(help: "Make the AMI only, and no VM image.")
    var noVm = false

    @Flag(
        inversion: .prefixedNo,
        help: "Whether everybody may start the AMI; replaces /ami/public.")
    var makeAmiPublic: Bool?

    @OptionGroup var keyPair: KeyPairOptions
    @OptionGroup var freshMachine: FreshMachineOption
    @OptionGroup(title: "Running") var running: RunningOptions
    @OptionGroup(title: "Common options") var global: GlobalOptions

    func validate() throws {
        if noVm && !vmImageFormat.isEmpty {
            throw ValidationError("--no-vm and --vm-image-format exclude each other")
        }
    }

    /// What the options set in the manifest.
    var settings: [String] {
        Setting.texts([
            ("/export/formats", noVm ? [] : ImageFormats.setting(vmImageFormat)),
            ("/ami/public", makeAmiPublic.map { .bool($0) }),
        ])
    }

    func run(_ call: Invocation) async throws -> ExitStatus {
        let session = try preset.session(
            global, call, settings: settings,
            layout: .release(
                ReleaseLayout(
                    existingKey: keyPair.existing,
                    startsFreshMachine: freshMachine.isGiven))
        ).session
        return try await session.run(
            running.options(call.console, ReleaseSelections.virtualMachine(in: session.graph)))
    }
}
