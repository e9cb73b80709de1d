import BuildGraph
import Diagnostics

/// `doctor`: what would make the release fail.
extension Release {
    /// The checks of the release, by what is recorded and what a run would do.
    ///
    /// - Parameter besides: types of the other machines that a matrix starts at the same time.
    /// - Throws: what reading the results throws; `realm.unknown`.
    package func doctor(besides: [String]) async throws -> Doctor {
        let plan = try await planForDoctor()
        let journal = try await place.journal()
        let recorded = RecordedRealms(
            try await place.store.loadAll().values.compactMap(\.record),
            await journal.unfinished(), location: place.store.location)
        return Doctor(
            context: DoctorContext(
                manifest: manifest, services: services, recorded: recorded,
                verifies: place.graph.names.contains { $0.rawValue.hasPrefix("verify-") },
                expectedSeconds: ExpectedDuration.seconds(of: plan),
                temporaryFolder: SystemFolder.temporary, besides: besides))
    }

    /// What a run would do; results of somebody else keep no check from being asked.
    private func planForDoctor() async throws -> Plan {
        do {
            return try await place.plan(Selection(), verify: false).plan
        } catch let problem as Diagnostic where problem.code.hasPrefix("realm.") {
            // The check `results` says it.
            guard problem.code == "realm.differs" || problem.code == "realm.account" else {
                throw problem
            }
            return try await place.plan(Selection(), verify: false, compares: false).plan
        }
    }
}
