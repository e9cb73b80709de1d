import BuildGraph

/// `--on-error ask`: whether a machine stays after a failure.
enum KeepQuestion {
    /// A machine costs money while nobody answers.
    private static let patienceSeconds = 1800

    /// Asks on the terminal; without one the answer is no, so that nothing is left by accident.
    static func ask(about stage: StageName, _ console: Console) async -> Bool {
        await console.ask(
            "a stage failed: keep what `\(stage)` made?", patienceSeconds: patienceSeconds,
            isOfTheWork: false)
    }
}
