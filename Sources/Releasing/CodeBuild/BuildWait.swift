import AWS
import Diagnostics

/// The wait for what goes on in CodeBuild for hours: a build, or a batch of them.
enum BuildWait {
    /// Looks until it has ended.
    ///
    /// - Parameters:
    ///   - what: what a person calls it, such as ``build `ID` ``.
    ///   - poll: asks for it, and says what is new.
    /// - Throws: `codebuild.wait-timeout`, and as `Waiter.wait`.
    static func wait<Value: Sendable>(
        _ what: String, schedule: WaiterSchedule, time: any TimeSource,
        poll: () async throws -> WaiterVerdict<Value>
    ) async throws -> Value {
        do {
            return try await Waiter.wait(what, schedule: schedule, time: time, poll: poll)
        } catch let problem as Diagnostic where problem.code == "aws.wait-timeout" {
            throw Diagnostic(
                code: "codebuild.wait-timeout", summary: problem.summary, causes: problem.causes,
                hint: "look at it in the console of CodeBuild; it may still end")
        }
    }
}
