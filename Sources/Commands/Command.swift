import ArgumentParser

/// A command of the program: it opens what it works on, asks, and shows.
protocol Command: ParsableCommand {
    /// Does it.
    ///
    /// - Returns: the status that the program ends with.
    func run(_ call: Invocation) async throws -> ExitStatus
}
