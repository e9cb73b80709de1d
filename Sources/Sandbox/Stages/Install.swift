package import BuildGraph
import Diagnostics
import JSON

/// Installs the sandbox on the machine with the manifest's playbook.
package struct Install: Stage {
    /// Ansible's recap.
    package typealias Outputs = PlayRecap

    let manifest: ReleaseManifest
    let services: SandboxServices

    package var name: StageName { "install" }
    package var lifetime: StageLifetime { .ephemeral }
    package var revision: Int { 1 }
    package var upstream: [StageName] { ["instance"] }
    package var inputs: [StageInput] {
        let versions = manifest.versions.map {
            StageInput.setting(pointer: "/versions/\($0.key)", value: .string($0.value))
        }
        return versions + [
            .setting(
                pointer: "/provision/playbook", value: .string(manifest.provision.playbook)),
            .setting(pointer: "/provision/variables", value: manifest.provision.variables),
            .folder(path: manifest.provision.folder),
        ]
    }

    package func preflight(_ context: StageContext) async throws {
        _ = try services.secrets.required(\.jupyterPassword)
    }

    package func run(_ context: StageContext) async throws -> Outputs {
        try await services.play(
            manifest.provision.playbook,
            onInstanceWith: [
                MachineSecrets.jupyterVariable: try services.secrets.required(\.jupyterPassword)
            ],
            manifest: manifest, context: context
        ).recap
    }

    package func verify(_ outputs: Outputs, _ context: StageContext) async throws -> Existence {
        .exists
    }
}
