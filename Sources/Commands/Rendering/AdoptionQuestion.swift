import BuildGraph
import Diagnostics

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
