import BuildGraph
import Diagnostics
import JSON
import OrderedCollections

extension SandboxServices {
    /// Runs one of the manifest's playbooks on the machine of stage `instance`.
    func play(
        _ playbook: String, secret: (variable: String, value: Secret),
        manifest: ReleaseManifest, context: StageContext
    ) async throws -> PlayRecap {
        let machine = try context.output(of: LaunchInstance.self).machine
        let play = Play(
            playbook: manifest.project.absolute(playbook), machine: machine,
            variables: Self.variables(of: manifest), environment: [secret.variable: secret.value])
        let expected = context.previousSeconds
        let start = context.time.monotonicSeconds()
        return try await context.localSlots.withSlot {
            try await provisioner.run(play) { task, done in
                let elapsed = context.time.monotonicSeconds() - start
                let percent = expected.map { min(99, 100 * elapsed / max($0, 1)) }
                context.progress(percent, "\(task) (\(done) tasks done)")
            }
        }
    }

    /// The extra variables of every play: the versions, then the manifest's own variables.
    static func variables(of manifest: ReleaseManifest) -> JSONValue {
        var members = manifest.provision.variables.objectValue ?? [:]
        members["versions"] = .object(
            .init(uniqueKeysWithValues: manifest.versions.map { ($0.key, .string($0.value)) }))
        members["sandbox_user"] = .string(manifest.instance.user)
        return .object(members)
    }
}
