package import ArgumentParser
import BuildGraph
import Diagnostics
import Glibc
import JSON

/// The program: its commands, and the one place where errors become exit statuses.
package struct DSSBatch: ParsableCommand {
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
            AdoptCommand.self, UnlockCommand.self, GraphCommand.self, ReportCommand.self,
            CollectCommand.self,
            CleanCommand.self, DoctorCommand.self, ExplainCommand.self, SchemaCommand.self,
            CompletionsCommand.self,
            VersionCommand.self,
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
        _exit(StandardStreams.status(await run(.ofThisProcess)).rawValue)
    }

    /// Runs one command, and says what went wrong.
    static func run(_ call: Invocation) async -> ExitStatus {
        let words = Array(call.arguments.dropFirst())
        do {
            // Asked by scripts before anything else, and nothing that a parser has to be made for.
            if words == ["--version"] {
                call.console.printLine(Version.tool)
                return .fresh
            }
            var command = try command(words)
            if let command = command as? any Command { return try await command.run(call) }
            // The parser's own: help.
            try command.run()
            return .fresh
        } catch {
            guard let problem = problem(error, call) else { return .fresh }
            // Whoever interrupted it knows.
            if !(error is CancellationError) { say(problem, call) }
            return ExitStatus(problem)
        }
    }

    /// The command of a command line.
    ///
    /// Only the options of the one that is meant are looked up, where its name comes first or none
    /// does. What it does not take as it stands, help included, is for the whole tree, which knows
    /// what to say.
    private static func command(_ words: [String]) throws -> any ParsableCommand {
        if let word = words.first, !word.hasPrefix("-"), word != "help" {
            let named = configuration.subcommands.first {
                $0.configuration.commandName == word
            }
            let rest = named == nil ? words : Array(words.dropFirst())
            let command = try? (named ?? RunCommand.self).parseAsRoot(rest)
            if let command = command as? any Command { return command }
        }
        return try parseAsRoot(words)
    }

    /// Says what ended the command: an event too, where events are asked for.
    private static func say(_ problem: Diagnostic, _ call: Invocation) {
        if call.arguments.contains("--json") {
            let event = RunEvent(time: call.time.now(), stage: nil, kind: .error(problem))
            call.console.printLine(event.json.compactText)
        }
        let palette = Palette(
            isTerminal: call.console.errorTerminal() != nil,
            noColor: call.arguments.contains("--no-color"), environment: call.environment)
        call.console.writeError(ErrorText.text(problem, palette) + "\n")
    }

    /// What is to be said of an error; nil for help and version, which are printed.
    private static func problem(_ error: any Error, _ call: Invocation) -> Diagnostic? {
        // With those of the groups.
        let commands = configuration.subcommands.compactMap { $0.configuration.commandName }
        if let problem = error as? Diagnostic {
            return UsageError.misspelled(problem, call.arguments, among: commands) ?? problem
        }
        if error is CancellationError { return .from(error) }
        let text = message(for: error)
        switch exitCode(for: error) {
        case .success:
            call.console.printLine(fullMessage(for: error))
            return nil
        case .validationFailure where !text.isEmpty:
            return UsageError.diagnostic(text, call.arguments, among: commands)
        default: return .from(error)
        }
    }
}
