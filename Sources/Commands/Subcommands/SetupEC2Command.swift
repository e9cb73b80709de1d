import ArgumentParser
import BuildGraph
import Releasing

/// The command `dssbatch setup-ec2`: a machine, and nothing on it.
struct SetupEC2Command: Command {
    static let configuration = CommandConfiguration(
        commandName: "setup-ec2",
        abstract: "Starts a machine, and removes it when you are done with it.",
        discussion: """
            A stack with one instance of the newest base image, and a fresh key pair. The ssh \
            command that leads there is printed to standard output. Ctrl-C removes machine, stack \
            and key pair; with --detach they stay, and `dssbatch clean` removes them. A machine \
            that nobody remembers ends itself after six hours. Examples:
              dssbatch setup-ec2 --asset-id test-1
              dssbatch setup-ec2 --asset-id test-1 --detach
              dssbatch setup-ec2 --ec2-key-name mine --ec2-key-file ~/.ssh/mine.pem
            """)

    @OptionGroup var preset: PresetOptions
    @OptionGroup var setup: SetupOptions
    @OptionGroup(title: "Running") var running: RunningOptions
    @OptionGroup(title: "Common options") var global: GlobalOptions

    func run(_ call: Invocation) async throws -> ExitStatus {
        try await setup.run(preset, running, global, call, installs: false)
    }
}
