package import BuildGraph
import Diagnostics
import JSON
import OrderedCollections

/// Looks at the installed machine, so that a broken role fails before an image is made, and takes
/// the inventory of what is on it.
package struct CheckMachine: Stage {
    /// What was found to hold.
    package struct Outputs: Codable, Sendable, Equatable {
        package let checks: [PassedCheck]
        package let documents: InventoryDocuments
    }

    let manifest: ReleaseManifest
    let services: SandboxServices

    package var name: StageName { "check" }
    package var lifetime: StageLifetime { .ephemeral }
    package var revision: Int { 1 }
    package var upstream: [StageName] { ["instance", "install"] }

    package func run(_ context: StageContext) async throws -> Outputs {
        let path = "\(try context.reachableMachine().scratchFolder)/inventory.json"
        let report = try await services.play(
            MachineChecks.machinePlaybook,
            onInstanceWith: [
                MachineSecrets.jupyterVariable: try services.secrets.required(\.jupyterPassword)
            ],
            variables: ["inventory_destination": .string(path)], manifest: manifest,
            context: context)
        return Outputs(
            checks: report.checks,
            documents: try await InventoryDocuments.record(
                path, of: "ami", subject: .machine(of: manifest), context))
    }

    package func verify(_ outputs: Outputs, _ context: StageContext) async throws -> Existence {
        .exists
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
