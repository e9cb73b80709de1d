import Diagnostics
import FoundationEssentials

/// What the argument parser says, in the words of every other error.
enum UsageError {
    /// The error for `dssbatch plam MANIFEST`: the first word is no file, and not a command either.
    ///
    /// - Returns: nil where the first word is an option, a command or a file.
    private static func misspelled(_ arguments: [String], among commands: [String]) -> Diagnostic? {
        guard arguments.count > 2, let word = arguments.dropFirst().first,
            !word.hasPrefix("-"), !commands.contains(word),
            !FileManager.default.fileExists(atPath: word)
        else { return nil }
        return Diagnostic(
            code: "usage.unknown-command", severity: .configuration,
            summary: "`\(word)` is neither a command nor a file",
            hint: NameSuggestion.hint(for: word, among: commands))
    }

    /// An error of severity `.configuration` and code `usage.unknown-command` or
    /// `usage.arguments`.
    ///
    /// - Parameters:
    ///   - message: the parser's sentence, such as `Unknown option '--onyl'`.
    ///   - arguments: the command line with the program's name.
    ///   - commands: the commands that there are.
    static func diagnostic(
        _ message: String, _ arguments: [String], among commands: [String]
    ) -> Diagnostic {
        if let problem = misspelled(arguments, among: commands) { return problem }
        let command = arguments.dropFirst().first { commands.contains($0) }
        let lines = message.split(separator: "\n", maxSplits: 1).map(String.init)
        var summary = (lines.first ?? message).replacing("'", with: "`")
        if summary.hasSuffix(".") { summary.removeLast() }
        let start = summary.prefix(1).lowercased()
        return Diagnostic(
            code: "usage.arguments", severity: .configuration,
            summary: start + summary.dropFirst(),
            hint: "see `dssbatch \(command.map { "\($0) " } ?? "")--help`")
    }
}
