import Diagnostics
import FoundationEssentials
import Glibc
import JSON

/// The files of one run: `ansible-runner`'s private data folder, made anew for each.
struct AnsibleFiles: Sendable {
    let folder: PrivateFolder
    let playbookFolder: String
    let playbookName: String
    let runnerFolder: String
    let configuration: String
    let knownHosts: String
    let controlFolder: String
    let localTemporaryFolder: String

    /// Writes them.
    ///
    /// - Throws: `file.unwritable`, `file.disk-full`; nothing is then left.
    init(_ run: AnsibleRun) throws {
        let playbook = URL(fileURLWithPath: run.playbookPath).standardizedFileURL
        playbookFolder = playbook.deletingLastPathComponent().path
        playbookName = playbook.lastPathComponent
        runnerFolder = URL(fileURLWithPath: run.runnerPath).deletingLastPathComponent().path
        folder = try PrivateFolder(prefix: "dss", in: run.temporaryFolder)
        do {
            for name in ["env", "inventory"] { _ = try folder.makeFolder(name) }
            localTemporaryFolder = try folder.makeFolder("tmp")
            controlFolder = try folder.makeFolder("cp")
            try folder.write(run.extraVariables.compactText.utf8, to: "env/extravars")
            try folder.write(run.inventory.json.compactText.utf8, to: "inventory/hosts.json")
            let lines = run.inventory.knownHosts.map { $0 + "\n" }.joined()
            knownHosts = try folder.write(lines.utf8, to: "known_hosts")
            // The project's own configuration, or none: never that of the person's home.
            let own = "\(playbookFolder)/ansible.cfg"
            configuration =
                FileManager.default.fileExists(atPath: own)
                ? own : try folder.write([], to: "ansible.cfg")
        } catch {
            try folder.delete()
            throw error
        }
    }

    /// The sockets of ssh masters that still wait for another connection.
    var controlSockets: [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: controlFolder)) ?? []
        return names.map { "\(controlFolder)/\($0)" }
    }
}
