import BuildGraph
import Diagnostics
import DockerEngine
import JSON
import OrderedCollections

/// Runs the playbooks that make a container into a sandbox: the machine's own, the checks, and
/// the one that finishes a container.
struct ContainerProvision: Sendable {
    let container: String
    let engine: EngineDescription
    let manifest: ReleaseManifest
    let services: Services

    /// Runs them, with a private folder that is gone afterwards.
    ///
    /// - Parameter parent: where the folder is made.
    /// - Returns: the inventory and SBOM of what is installed.
    func run(in parent: String, _ context: StageContext) async throws -> InventoryDocuments {
        try await WorkFolder(
            parent: parent, prefix: "dss-c", machine: services.access.machine
        ).use(context) { folder in
            try await play(in: folder.path, context)
        }
    }

    private func play(
        in folder: String, _ context: StageContext
    ) async throws -> InventoryDocuments {
        let inventory = "\(folder)/inventory.json"
        let jupyter = try services.secrets.environment([.jupyter])
        try await play(manifest.provision.playbook, secrets: jupyter, [:], folder, context)
        try await play(
            MachineChecks.machinePlaybook, secrets: jupyter,
            ["inventory_destination": .string(inventory)], folder, context)
        let documents = try await InventoryDocuments.record(
            inventory, of: context.stage, subject: .container(of: manifest), context)
        // Last, for it clears away what only the making needed.
        try await play(manifest.provision.finishPlaybook, secrets: [:], [:], folder, context)
        return documents
    }

    private func play(
        _ playbook: String, secrets: [String: Secret], _ variables: [String: JSONValue],
        _ folder: String, _ context: StageContext
    ) async throws {
        var variables = variables
        variables["sandbox_target"] = "container"
        _ = try await services.play(
            playbook, on: .container(name: container, engine: engine),
            secrets: secrets, variables: variables, scratchFolder: folder, manifest: manifest,
            context: context)
    }
}

extension SoftwareBill.Subject {
    /// The container that a release's image is made of.
    fileprivate static func container(of manifest: ReleaseManifest) -> Self {
        Self(
            kind: "container", name: SandboxImage.title,
            version: manifest.versions["sandbox"] ?? manifest.assetId.text,
            assetId: manifest.assetId.text)
    }
}

extension ReleaseManifest.Provision {
    /// The playbook that makes a container into one that an image can be made of.
    static let finishPlaybookName = "finish-container.yml"

    /// That playbook; it lies beside the other.
    package var finishPlaybook: String {
        folder == "." ? Self.finishPlaybookName : "\(folder)/\(Self.finishPlaybookName)"
    }
}
