import BuildGraph
import Diagnostics
import Foundation
import JSON
import Sandbox

extension Session {
    /// Asks every check and prints each answer as soon as those before it are there.
    ///
    /// - Throws: `Exit` with status 1 where a check failed.
    func examine() async throws {
        let (plan, _) = try await plan(Selection(), verify: false)
        let doctor = Doctor(
            context: DoctorContext(
                manifest: try manifest, services: services,
                verifies: graph.names.contains { $0.rawValue.hasPrefix("verify-") },
                expectedSeconds: ExpectedDuration.seconds(of: plan),
                temporaryFolder: URL(fileURLWithPath: NSTemporaryDirectory()).path))
        let text = HealthText(names: doctor.names)
        try await finishing {
            let answers = try await doctor.examine { answer in
                StandardStreams.printLine(
                    options.json ? text.json(answer).compactText : text.line(answer))
            }
            return answers.contains { $0.finding.status == .failed }
                ? ExitStatus.failed : ExitStatus.fresh
        }
    }
}
