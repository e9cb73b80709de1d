import Ansible
import BuildGraph
import Diagnostics
import JSON
import OrderedCollections

extension Services {
    /// Runs one of the manifest's playbooks; the caller holds a slot for local work.
    ///
    /// - Parameters:
    ///   - playbook: as the manifest names it.
    ///   - secrets: environment variables for the playbook.
    ///   - variables: extra variables besides the manifest's.
    ///   - scratchFolder: where temporary files may lie, secrets among them.
    func play(
        _ playbook: String, on target: PlayTarget, secrets: [String: Secret],
        variables: [String: JSONValue] = [:], scratchFolder: String, manifest: ReleaseManifest,
        context: StageContext
    ) async throws -> AnsibleReport {
        let play = Play(
            playbook: manifest.project.absolute(playbook), target: target,
            variables: Self.variables(of: manifest, and: variables), environment: secrets,
            scratchFolder: scratchFolder)
        let expected = context.previousSeconds
        let start = context.time.monotonicSeconds()
        return try await provisioner.run(play) { task, done in
            let elapsed = context.time.monotonicSeconds() - start
            let percent = expected.map { min(99, 100 * elapsed / max($0, 1)) }
            context.progress(percent, "\(task) (\(done) tasks done)")
        } onOutput: {
            context.log.add($0)
        }
    }

    /// The extra variables of every play: the versions, then the manifest's own variables.
    static func variables(
        of manifest: ReleaseManifest, and more: [String: JSONValue] = [:]
    ) -> JSONValue {
        var members = manifest.provision.variables.objectValue ?? [:]
        members["versions"] = .object(
            .init(uniqueKeysWithValues: manifest.versions.map { ($0.key, .string($0.value)) }))
        members["sandbox_user"] = .string(manifest.instance.user)
        for (name, value) in more.sorted(by: { $0.key < $1.key }) { members[name] = value }
        return .object(members)
    }
}
