import Diagnostics

/// Starts what the same command would start once more.
enum StartOnce {
    /// Starts it.
    ///
    /// CodeBuild makes up for lost answers by the call's token, which goes with this process: after
    /// the last try, whoever asks has to look whether it came about.
    ///
    /// - Parameters:
    ///   - list: the command of AWS's own tool that shows what was started.
    ///   - call: starts it.
    static func run<Started>(
        shownBy list: String, _ call: () async throws -> Started
    ) async throws -> Started {
        do {
            return try await call()
        } catch var problem as Diagnostic where problem.isTrouble {
            problem.hint =
                "look with `\(list)` whether it was started all the same: the same command would "
                + "start another"
            throw problem
        }
    }
}
