package import BuildGraph
import Diagnostics

/// Gives the machine its default, expired password and leaves no trace of its making.
package struct ResetPassword: Stage {
    /// Ansible's recap.
    package typealias Outputs = PlayRecap

    let manifest: ReleaseManifest
    let services: SandboxServices

    package var name: StageName { "reset-password" }
    package var lifetime: StageLifetime { .ephemeral }
    package var revision: Int { 1 }
    package var upstream: [StageName] { ["instance", "install"] }

    package func preflight(_ context: StageContext) async throws {
        _ = try password()
    }

    package func run(_ context: StageContext) async throws -> Outputs {
        try await services.play(
            manifest.provision.resetPlaybook, secret: (Self.variable, try password()),
            manifest: manifest, context: context)
    }

    private static let variable = "DSS_DEFAULT_PASSWORD"

    private func password() throws -> Secret {
        try MachineSecrets.require(services.secrets.defaultPassword, variable: Self.variable)
    }

    package func verify(_ outputs: Outputs, _ context: StageContext) async throws -> Existence {
        .exists
    }
}
