package import BuildGraph
import JSON
import OrderedCollections

/// Looks at the installed machine, so that a broken role fails before an image is made, and takes
/// the inventory of what is on it.
package struct CheckMachine: PlaybookStage {
    /// What was found to hold.
    package struct Outputs: Codable, Sendable, Equatable {
        package let checks: [PassedCheck]
        package let documents: InventoryDocuments
    }

    package let manifest: ReleaseManifest
    package let services: Services

    package var name: StageName { "check" }
    package var playbook: String { MachineChecks.machinePlaybook }
    package var passwords: [MachineSecrets.Password] { [.jupyter] }
    package var after: [StageName] { ["install"] }

    package func run(_ context: StageContext) async throws -> Outputs {
        let path = "\(try context.reachableMachine().scratchFolder)/inventory.json"
        let report = try await play(["inventory_destination": .string(path)], context)
        return Outputs(
            checks: report.checks,
            documents: try await InventoryDocuments.record(
                path, of: "ami", subject: .machine(of: manifest), context))
    }
}

extension SoftwareBill.Subject {
    /// The machine that a release makes.
    static func machine(of manifest: ReleaseManifest) -> Self {
        Self(
            kind: "operating-system", name: "Data Science Sandbox",
            version: manifest.versions["sandbox"] ?? manifest.assetId.text,
            assetId: manifest.assetId.text)
    }
}

/// The playbooks that look at what was made and change nothing.
///
/// They lie apart from those that install, so that another check makes no image stale.
enum MachineChecks {
    static let folder = "checks"
    /// Seen from within: a machine before its image is made, or a container.
    static let machinePlaybook = "checks/machine.yml"
    /// Seen from outside: an exported disk that has booted.
    static let diskPlaybook = "checks/disk.yml"
}
