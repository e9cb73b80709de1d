package import BuildGraph
import JSON

/// Installs the sandbox on the machine with the manifest's playbook.
package struct Install: PlaybookStage {
    /// Ansible's recap.
    package typealias Outputs = PlayRecap

    package let manifest: ReleaseManifest
    package let services: Services

    package var name: StageName { "install" }
    package var playbook: String { manifest.provision.playbook }
    package var passwords: [MachineSecrets.Password] { [.jupyter] }
    package var after: [StageName] { [] }
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
}
