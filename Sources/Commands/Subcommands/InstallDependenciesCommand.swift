import ArgumentParser
import Releasing

/// The command `dssbatch install-dependencies`: stage `install` on a machine that is there.
struct InstallDependenciesCommand: Command {
    static let configuration = CommandConfiguration(
        commandName: "install-dependencies",
        abstract: "Installs the sandbox on a machine that is there already.",
        discussion: """
            Runs the manifest's playbook over ssh: on a machine of `dssbatch setup-ec2`, or on any \
            other whose user may become root. It may be run again and again. \
            DSS_JUPYTER_PASSWORD has to be set. The machine's host key is compared with your own \
            `known_hosts`. Example:
              dssbatch install-dependencies --host-name 203.0.113.7 --ssh-private-key ~/.ssh/id
            """)

    @OptionGroup var host: HostOptions
    @OptionGroup var preset: PresetOptions
    @OptionGroup(title: "Running") var running: RunningOptions
    @OptionGroup(title: "Common options") var global: GlobalOptions

    func run(_ call: Invocation) async throws -> ExitStatus {
        try await preset.run(
            .install(hostName: host.hostName, privateKeyPath: host.privateKeyPath),
            settings: host.settings, running, global, call)
    }
}
