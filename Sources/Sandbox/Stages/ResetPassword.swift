package import BuildGraph

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

    package func run(_ context: StageContext) async throws -> Outputs {
        let password = try MachineSecrets.require(
            services.secrets.defaultPassword, variable: "DSS_DEFAULT_PASSWORD")
        return try await services.play(
            manifest.provision.resetPlaybook, secret: ("DSS_DEFAULT_PASSWORD", password),
            manifest: manifest, context: context)
    }

    package func verify(_ outputs: Outputs, _ context: StageContext) async throws -> Existence {
        .exists
    }

    package func adopt(id: String, _ context: StageContext) async throws -> Outputs {
        throw EphemeralStage.notAdoptable(name)
    }
}
