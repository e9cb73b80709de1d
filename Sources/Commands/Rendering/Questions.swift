import BuildGraph
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

/// Whether what is there of a stage is recorded instead of made anew.
enum AdoptionQuestion {
    private static let patienceSeconds = 1800

    /// Asks on the terminal; without one the answer is no, and the run says how to adopt it.
    static func ask(
        about stage: StageName, _ thing: StageEffects.Replacement, _ console: Console
    ) async -> Bool {
        let shown = ShownText.line(thing.label)
        return await console.ask(
            "nothing is recorded of \(shown): record it as what `\(stage)` made?",
            patienceSeconds: patienceSeconds, isOfTheWork: true)
    }
}

/// `--on-error ask`: whether a machine stays after a failure.
enum KeepQuestion {
    /// A machine costs money while nobody answers.
    private static let patienceSeconds = 1800

    /// Asks on the terminal; without one the answer is no, so that nothing is left by accident.
    static func ask(about stage: StageName, _ console: Console) async -> Bool {
        await console.ask(
            "a stage failed: keep what `\(stage)` made, for the next run to go on with?",
            patienceSeconds: patienceSeconds,
            isOfTheWork: false)
    }
}

/// Ctrl-C while a build is followed: whether the build is stopped too.
enum StopQuestion {
    private static let patienceSeconds = 60

    /// Asks on the terminal; without one, or without an answer, it is no.
    ///
    /// - Parameter what: such as `build PROJECT:UUID`.
    static func ask(about what: String, _ console: Console) async -> Bool {
        await console.ask(
            "\nstop \(what) too?", patienceSeconds: patienceSeconds, isOfTheWork: false)
    }
}
