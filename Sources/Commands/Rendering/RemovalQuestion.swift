import Diagnostics

/// Whether what `clean` has found is to go.
enum RemovalQuestion {
    /// The results stay locked while nobody answers.
    private static let patienceSeconds = 1800

    /// The error of a script that did not say that nobody is to be asked.
    static var cannotAsk: Diagnostic {
        Diagnostic(
            code: "usage.confirmation", severity: .configuration,
            summary: "there is no terminal to ask on whether to remove what is found",
            hint: "look at it with `--dry-run`, then give `--yes`")
    }

    /// Asks on the terminal.
    static func ask(count: Int, _ console: Console) async -> Bool {
        await console.ask(
            "remove \(count == 1 ? "it" : "these \(count)")?", patienceSeconds: patienceSeconds,
            isOfTheWork: true)
    }
}
