import Diagnostics
import Foundation

/// Whether what `clean` has found is to go.
enum RemovalQuestion {
    /// Whether somebody is there to answer.
    static var canAsk: Bool { isatty(STDIN_FILENO) == 1 && isatty(STDERR_FILENO) == 1 }

    /// The error of a script that did not say that nobody is to be asked.
    static var cannotAsk: Diagnostic {
        Diagnostic(
            code: "usage.confirmation", severity: .configuration,
            summary: "there is no terminal to ask on whether to remove what is found",
            hint: "look at it with `--dry-run`, then give `--yes`")
    }

    /// Asks on the terminal.
    static func ask(count: Int) async -> Bool {
        StandardStreams.writeError("remove \(count == 1 ? "it" : "these \(count)")? [y/N] ")
        // In a thread of its own: reading blocks.
        let answer = await Task.detached { readLine() }.value
        return ["y", "yes"].contains(answer?.lowercased() ?? "")
    }
}
