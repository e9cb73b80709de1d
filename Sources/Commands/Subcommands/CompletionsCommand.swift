import ArgumentParser

/// The command `dssbatch completions SHELL`.
struct CompletionsCommand: Command {
    enum Shell: String, ExpressibleByArgument, CaseIterable {
        case bash, zsh, fish

        var script: CompletionShell {
            switch self {
            case .bash: .bash
            case .zsh: .zsh
            case .fish: .fish
            }
        }
    }

    static let configuration = CommandConfiguration(
        commandName: "completions",
        abstract: "Prints what lets a shell complete commands, options, stages and asset ids.",
        discussion: """
            Examples:
              source <(dssbatch completions bash)
              dssbatch completions zsh >~/.zsh/completions/_dssbatch
              dssbatch completions fish >~/.config/fish/completions/dssbatch.fish
            """)

    @Argument(help: "The shell.")
    var shell: Shell

    func run(_ call: Invocation) async throws -> ExitStatus {
        call.console.printLine(DSSBatch.completionScript(for: shell.script))
        return .fresh
    }
}
