package import BuildGraph
import Diagnostics

/// Gives the machine its default, expired password and leaves no trace of its making.
package struct ResetPassword: Stage {
    /// Ansible's recap.
    package typealias Outputs = PlayRecap

    let manifest: ReleaseManifest
    let services: SandboxServices
    /// What has to be done on the machine before.
    var after: [StageName] = ["install", "check"]

    package var name: StageName { "reset-password" }
    package var lifetime: StageLifetime { .ephemeral }
    package var revision: Int { 1 }
    package var upstream: [StageName] { ["instance"] + after }

    package func preflight(_ context: StageContext) async throws {
        _ = try services.secrets.required(\.defaultPassword)
    }

    package func run(_ context: StageContext) async throws -> Outputs {
        try await services.play(
            manifest.provision.resetPlaybook,
            onInstanceWith: [
                MachineSecrets.defaultVariable: try services.secrets.required(\.defaultPassword)
            ],
            manifest: manifest, context: context
        ).recap
    }

    package func verify(_ outputs: Outputs, _ context: StageContext) async throws -> Existence {
        .exists
    }
}
