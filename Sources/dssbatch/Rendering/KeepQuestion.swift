import BuildGraph
import Foundation

/// `--on-error ask`: whether a machine stays after a failure.
enum KeepQuestion {
    /// Asks on the terminal; without one the answer is no, so that nothing is left by accident.
    static func ask(about stage: StageName) async -> Bool {
        guard isatty(STDIN_FILENO) == 1, isatty(STDERR_FILENO) == 1 else { return false }
        StandardStreams.writeError("a stage failed: keep what `\(stage)` made? [y/N] ")
        // In a thread of its own: reading blocks.
        let answer = await Task.detached { readLine() }.value
        return ["y", "yes"].contains(answer?.lowercased() ?? "")
    }
}
