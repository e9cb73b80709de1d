import BuildGraph
import Sandbox

extension Session {
    /// Runs stages, heeding signals, as every command does that runs something.
    ///
    /// - Parameters:
    ///   - isAnswered: asked at each signal; true where somebody waited for it.
    ///   - work: says how it ended.
    func perform(
        isAnswered: @escaping @Sendable () -> Bool = { false },
        _ work: @escaping @Sendable () async throws -> RunSummary
    ) async throws -> ExitStatus {
        try await Interruptible(isAnswered: isAnswered).run(output) {
            ExitStatus(try await work())
        }
    }

    /// Runs what is stale.
    func run(_ options: RunOptions) async throws -> ExitStatus {
        try await perform { try await workplace.run(options) }
    }
}
