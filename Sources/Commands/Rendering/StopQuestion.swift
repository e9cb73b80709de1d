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
