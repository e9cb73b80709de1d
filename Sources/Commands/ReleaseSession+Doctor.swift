import Diagnostics
import JSON
import Sandbox

extension ReleaseSession {
    /// Asks every check and prints each answer as soon as those before it are there.
    ///
    /// - Parameter besides: types of the other machines that a matrix starts at the same time.
    func examine(besides: [String]) async throws -> ExitStatus {
        let doctor = try await release.doctor(besides: besides)
        let (call, isJSON) = (session.call, session.output.isJSON)
        let text = HealthText(names: doctor.names, time: call.time)
        return try await Interruptible().run(session.output) {
            let answers = try await doctor.examine { answer in
                call.console.printLine(
                    isJSON ? text.json(answer).compactText : text.line(answer))
            }
            return answers.contains { $0.finding.status == .failed } ? .failed : .fresh
        }
    }
}
