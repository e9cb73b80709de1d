import BuildGraph
import Diagnostics
import JSON
import Sandbox

extension ReleaseSession {
    /// Asks every check and prints each answer as soon as those before it are there.
    ///
    /// - Parameter besides: types of the other machines that a matrix starts at the same time.
    func examine(besides: [String]) async throws -> ExitStatus {
        let plan = try await planForDoctor()
        let doctor = Doctor(
            context: DoctorContext(
                manifest: manifest, services: session.services,
                recorded: try await recordedRealms(),
                verifies: session.graph.names.contains { $0.rawValue.hasPrefix("verify-") },
                expectedSeconds: ExpectedDuration.seconds(of: plan),
                temporaryFolder: SystemFolder.temporary, besides: besides))
        let text = HealthText(names: doctor.names, time: session.call.time)
        return try await Interruptible().run(session.output) {
            let answers = try await doctor.examine { answer in
                session.call.console.printLine(
                    session.options.json ? text.json(answer).compactText : text.line(answer))
            }
            return answers.contains { $0.finding.status == .failed }
                ? .failed : .fresh
        }
    }

    private func recordedRealms() async throws -> RecordedRealms {
        let journal = try await session.workplace.journal()
        return RecordedRealms(
            try await session.store.loadAll().values.compactMap(\.record),
            await journal.unfinished(),
            location: session.store.location)
    }

    /// What a run would do; results of somebody else keep no check from being asked.
    private func planForDoctor() async throws -> Plan {
        do {
            return try await session.plan(Selection(), verify: false).plan
        } catch let problem as Diagnostic where problem.code.hasPrefix("realm.") {
            // The check `results` says it.
            guard problem.code == "realm.differs" || problem.code == "realm.account" else {
                throw problem
            }
            return try await session.plan(Selection(), verify: false, compares: false).plan
        }
    }
}
