import Diagnostics
import FoundationEssentials

/// What the argument parser says, in the words of every other error.
enum UsageError {
    /// The error for `dssbatch plam MANIFEST`: the first word is no file, and not a command either.
    ///
    /// - Returns: nil where the first word is an option, a command or a file.
    private static func misspelled(_ arguments: [String], among commands: [String]) -> Diagnostic? {
        guard arguments.count > 2, let word = arguments.dropFirst().first else { return nil }
        return unknown(word, among: commands)
    }

    /// The error for `dssbatch plam`, which was taken for a manifest's name.
    ///
    /// - Parameter problem: that the file cannot be read.
    /// - Returns: nil where the first word is written as only a path is.
    static func misspelled(
        _ problem: Diagnostic, _ arguments: [String], among commands: [String]
    ) -> Diagnostic? {
        guard problem.code == "json.unreadable", let word = arguments.dropFirst().first,
            word == problem.location, !word.contains(where: { "./~".contains($0) })
        else { return nil }
        return unknown(word, among: commands)
    }

    private static func unknown(_ word: String, among commands: [String]) -> Diagnostic? {
        guard !word.hasPrefix("-"), !commands.contains(word),
            !FileManager.default.fileExists(atPath: word)
        else { return nil }
        return Diagnostic(
            code: "usage.unknown-command", severity: .configuration,
            summary: "`\(word)` is neither a command nor a file",
            hint: NameSuggestion.hint(for: word, among: commands))
    }

    /// The error where the parser knows no such option, and the Python tool did.
    private static func former(_ message: String) -> Diagnostic? {
        let words = message.split(separator: "'", maxSplits: 2)
        guard message.hasPrefix("Unknown option"), words.count > 1,
            let option = words[1].split(separator: "=").first.map(String.init),
            let replacement = FormerOption.replacement(of: option)
        else { return nil }
        return Diagnostic(
            code: "usage.former-option", severity: .configuration,
            summary: "there is no option `\(option)` any more", hint: replacement)
    }

    /// An error of severity `.configuration` and code `usage.unknown-command`,
    /// `usage.former-option` or `usage.arguments`.
    ///
    /// - Parameters:
    ///   - message: the parser's sentence, such as `Unknown option '--onyl'`.
    ///   - arguments: the command line with the program's name.
    ///   - commands: the commands that there are.
    static func diagnostic(
        _ message: String, _ arguments: [String], among commands: [String]
    ) -> Diagnostic {
        if let problem = former(message) ?? misspelled(arguments, among: commands) {
            return problem
        }
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
