import ArgumentParser
import Diagnostics
import Releasing

/// The command `dssbatch reset-password`: stage `reset-password` on a machine that is there.
struct ResetPasswordCommand: Command {
    static let configuration = CommandConfiguration(
        commandName: "reset-password",
        abstract: "Gives a machine its default, expired password, and forgets its keys.",
        discussion: """
            The last step before an image is made: the user gets the password and has to change it \
            at the first login, ssh lets passwords in, and `~/.ssh` is removed, so that no key \
            leads there any more. The password is read from DSS_DEFAULT_PASSWORD or from the first \
            line of --password-file. Example:
              dssbatch reset-password --host-name 203.0.113.7 --ssh-private-key ~/.ssh/id \
            --password-file password.txt
            """)

    @OptionGroup var host: HostOptions

    @Option(
        help: ArgumentHelp("File whose first line is the password.", valueName: "file"),
        transform: FileArgument.path)
    var passwordFile: String?

    @OptionGroup var preset: PresetOptions
    @OptionGroup(title: "Running") var running: RunningOptions
    @OptionGroup(title: "Common options") var global: GlobalOptions

    func run(_ call: Invocation) async throws -> ExitStatus {
        var call = call
        if let passwordFile {
            call.environment[MachineSecrets.Password.login.variable] =
                try PasswordFile.password(in: passwordFile).reveal()
        }
        return try await preset.run(
            .resetPassword(hostName: host.hostName, privateKeyPath: host.privateKeyPath),
            settings: host.settings, running, global, call)
    }
}
