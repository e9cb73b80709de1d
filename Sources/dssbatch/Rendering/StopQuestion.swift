/// Ctrl-C while a build is followed: whether the build is stopped too.
enum StopQuestion {
    private static let patienceSeconds = 60

    /// Asks on the terminal; without one, or without an answer, it is no.
    static func ask(about build: String) async -> Bool {
        await TerminalQuestion.ask(
            "\nstop build \(build) too?", patienceSeconds: patienceSeconds)
    }
}
