package import ArgumentParser
import Diagnostics
import FoundationEssentials
import Glibc

/// The program: its commands, and the one place where errors become exit statuses.
package struct DSSBatch: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "dssbatch",
        abstract: "Releases the Data Science Sandbox: runs what is stale, and nothing else.",
        discussion: """
            Examples:
              dssbatch manifests/release.json                   run what is stale
              dssbatch plan manifests/release.json --explain    what would run, and why
              dssbatch manifests/release.json --only export     only the exports
              dssbatch --local manifests/release.json           on this machine, without AWS
            """,
        version: Version.tool,
        subcommands: [
            RunCommand.self, PlanCommand.self, StatusCommand.self, WhyCommand.self,
            AdoptCommand.self, UnlockCommand.self, GraphCommand.self, CollectCommand.self,
            CleanCommand.self, DoctorCommand.self, SchemaCommand.self,
        ],
        groupedSubcommands: [
            CommandGroup(
                name: "Release",
                subcommands: [
                    CreateVMCommand.self, UpdateReleaseCommand.self,
                    StartReleaseBuildCommand.self, DistributeCommand.self,
                ]),
            CommandGroup(
                name: "Developer",
                subcommands: [
                    ExportVMCommand.self, InstallDependenciesCommand.self,
                    ResetPasswordCommand.self, SetupEC2Command.self,
                    SetupEC2AndInstallCommand.self, ShowAWSAssetsCommand.self,
                    StartTestReleaseCommand.self, MakeAMIPublicCommand.self,
                ]),
            CommandGroup(
                name: "Deployment",
                subcommands: [
                    SetupVMBucketWAFCommand.self, SetupVMBucketCommand.self,
                    SetupCICodeBuildCommand.self, SetupReleaseCodeBuildCommand.self,
                    CreateDockerImageCommand.self,
                ]),
        ],
        defaultSubcommand: RunCommand.self)

    /// Not for callers: the parser makes commands.
    package init() {}

    /// Runs the command that the process was started with, and ends the process.
    package static func main() async {
        // A reader that went away is seen by the write, not by a signal.
        signal(SIGPIPE, SIG_IGN)
        // The streams hold nothing back, and destructors must not run beside threads that work.
        _exit(StandardStreams.status(await status()))
    }

    private static func status() async -> Int32 {
        do {
            var command = try parseAsRoot()
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
            return ExitStatus.fresh
        } catch let exit as Exit {
            return exit.status
        } catch let problem as Diagnostic {
            StandardStreams.writeError("\(problem)\n")
            return ExitStatus.of(problem)
        } catch is CancellationError {
            return ExitStatus.interrupted
        } catch {
            return usageStatus(of: error)
        }
    }

    /// Help and version go to standard output; what could not be parsed is a usage error.
    private static func usageStatus(of error: any Error) -> Int32 {
        if exitCode(for: error) == .success {
            StandardStreams.printLine(fullMessage(for: error))
            return ExitStatus.fresh
        }
        guard !message(for: error).isEmpty, exitCode(for: error) == .validationFailure else {
            let problem = Diagnostic.from(error)
            StandardStreams.writeError("\(problem)\n")
            return ExitStatus.of(problem)
        }
        // With those of the groups.
        let commands = configuration.subcommands.compactMap { $0.configuration.commandName }
        let problem =
            UsageError.misspelled(CommandLine.arguments, among: commands)
            ?? UsageError.diagnostic(
                message(for: error),
                of: CommandLine.arguments.dropFirst().first { commands.contains($0) })
        StandardStreams.writeError("\(problem)\n")
        return ExitStatus.configuration
    }
}
