import Diagnostics

/// What the checks look at.
package struct DoctorContext: Sendable {
    let manifest: ReleaseManifest
    let services: Services
    let recorded: RecordedRealms
    /// Whether exported images will be booted.
    let verifies: Bool
    /// How long a run of what is stale will take.
    let expectedSeconds: Double
    /// Where disks and keys lie while a run lasts; absolute.
    let temporaryFolder: String
    /// The types of the other machines that a matrix starts at the same time.
    let besides: [String]

    var region: String { manifest.region }
    var workstation: any Workstation { services.workstation }

    /// Makes a context; see the properties.
    package init(
        manifest: ReleaseManifest, services: Services, recorded: RecordedRealms,
        verifies: Bool, expectedSeconds: Double, temporaryFolder: String, besides: [String] = []
    ) {
        self.manifest = manifest
        self.services = services
        self.recorded = recorded
        self.verifies = verifies
        self.expectedSeconds = expectedSeconds
        self.temporaryFolder = temporaryFolder
        self.besides = besides
    }

    /// Asks the same in every region of the release, side by side, and merges the answers.
    func inEveryRegion(
        _ ask: @escaping @Sendable (String) async throws -> HealthFinding
    ) async throws -> HealthFinding {
        .merged(try await ConcurrentMap.map(manifest.regions) { try await ask($0) })
    }
}
