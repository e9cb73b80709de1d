package import BuildGraph

/// Gives the machine its default, expired password and leaves no trace of its making.
package struct ResetPassword: PlaybookStage {
    /// Ansible's recap.
    package typealias Outputs = PlayRecap

    package let manifest: ReleaseManifest
    package let services: Services
    package var after: [StageName] = ["install", "check"]

    static let stageName: StageName = "reset-password"

    package var name: StageName { Self.stageName }
    package var playbook: String { manifest.provision.resetPlaybook }
    package var passwords: [MachineSecrets.Password] { [.login] }
}
