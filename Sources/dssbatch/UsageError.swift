import Diagnostics

/// What the argument parser says, in the words of every other error.
enum UsageError {
    /// An error of severity `.configuration` and code `usage.arguments`.
    ///
    /// - Parameter message: the parser's sentence, such as `Unknown option '--onyl'`.
    static func diagnostic(_ message: String) -> Diagnostic {
        let lines = message.split(separator: "\n", maxSplits: 1).map(String.init)
        var summary = (lines.first ?? message).replacing("'", with: "`")
        if summary.hasSuffix(".") { summary.removeLast() }
        let start = summary.prefix(1).lowercased()
        return Diagnostic(
            code: "usage.arguments", severity: .configuration,
            summary: start + summary.dropFirst(), hint: "see `dssbatch --help`")
    }
}
