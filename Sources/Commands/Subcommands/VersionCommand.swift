import ArgumentParser

/// The command `dssbatch version`.
struct VersionCommand: Command {
    static let configuration = CommandConfiguration(
        commandName: "version", abstract: "Prints the version, as --version does.")

    func run(_ call: Invocation) async throws -> ExitStatus {
        call.console.printLine(Version.tool)
        return .fresh
    }
}
