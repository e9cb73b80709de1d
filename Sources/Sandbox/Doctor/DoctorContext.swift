import Diagnostics

/// What the checks look at.
package struct DoctorContext: Sendable {
    let manifest: ReleaseManifest
    let services: SandboxServices
    /// Whether exported images will be booted.
    let verifies: Bool
    /// How long a run of what is stale will take.
    let expectedSeconds: Double
    /// Where disks and keys lie while a run lasts; absolute.
    let temporaryFolder: String

    var region: String { manifest.region }
    var workstation: any Workstation { services.workstation }

    /// Makes a context; see the properties.
    package init(
        manifest: ReleaseManifest, services: SandboxServices, verifies: Bool,
        expectedSeconds: Double, temporaryFolder: String
    ) {
        self.manifest = manifest
        self.services = services
        self.verifies = verifies
        self.expectedSeconds = expectedSeconds
        self.temporaryFolder = temporaryFolder
    }

    /// Asks the same in every region of the release, side by side, and merges the answers.
    func inEveryRegion(
        _ ask: @escaping @Sendable (String) async throws -> HealthFinding
    ) async throws -> HealthFinding {
        let regions = manifest.regions
        let findings = try await withThrowingTaskGroup(of: (Int, HealthFinding).self) { group in
            for (index, region) in regions.enumerated() {
                group.addTask { (index, try await ask(region)) }
            }
            var findings: [(Int, HealthFinding)] = []
            for try await finding in group { findings.append(finding) }
            return findings.sorted { $0.0 < $1.0 }.map(\.1)
        }
        return .merged(findings)
    }
}
