import ArgumentParser
import BuildGraph
import Releasing

/// The command `dssbatch setup-ec2-and-install-dependencies`: a machine with the sandbox.
struct SetupEC2AndInstallCommand: Command {
    static let configuration = CommandConfiguration(
        commandName: "setup-ec2-and-install-dependencies",
        abstract: "Starts a machine and installs the sandbox on it.",
        discussion: """
            Like `dssbatch setup-ec2`, with `dssbatch install-dependencies` before the machine is \
            yours; DSS_JUPYTER_PASSWORD has to be set. With --detach, the same command again \
            installs on the machine that is there. `dssbatch export-vm --stack-name` makes images \
            of it. Examples:
              dssbatch setup-ec2-and-install-dependencies --asset-id test-1
              dssbatch setup-ec2-and-install-dependencies --asset-id test-1 --detach
            """)

    @OptionGroup var preset: PresetOptions
    @OptionGroup var setup: SetupOptions
    @OptionGroup(title: "Running") var running: RunningOptions
    @OptionGroup(title: "Common options") var global: GlobalOptions

    func run(_ call: Invocation) async throws -> ExitStatus {
        try await setup.run(preset, running, global, call, installs: true)
    }
}
