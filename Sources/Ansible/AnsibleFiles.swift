import Diagnostics
import FoundationEssentials
import Glibc
import JSON

/// The files of one run: `ansible-runner`'s private data folder, made anew for each.
struct AnsibleFiles: Sendable {
    /// A socket's path has 107 bytes: Ansible names it by 10 digits, and while ssh makes it,
    /// 17 bytes follow.
    ///
    /// Source: <https://man7.org/linux/man-pages/man7/unix.7.html>
    private static let controlFolderLimitBytes = 107 - 1 - 10 - 17

    let folder: PrivateFolder
    let playbookFolder: String
    let playbookName: String
    let runnerFolder: String
    let configuration: String
    let knownHosts: String
    /// Where ssh's control sockets lie; in a folder of its own where `folder` lies too deep.
    let controlFolder: String
    private let shortFolder: PrivateFolder?
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
        let control = StrayProcesses.controlFolder
        let isDeep =
            folder.path.utf8.count + 1 + control.utf8.count > Self.controlFolderLimitBytes
        do {
            shortFolder = isDeep ? try PrivateFolder(prefix: "dss", in: "/tmp") : nil
        } catch {
            try folder.delete()
            throw error
        }
        do {
            controlFolder = try (shortFolder ?? folder).makeFolder(control)
            for name in ["env", "inventory"] { _ = try folder.makeFolder(name) }
            localTemporaryFolder = try folder.makeFolder("tmp")
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
            try shortFolder?.delete()
            try folder.delete()
            throw error
        }
    }

    /// Deletes all of it.
    ///
    /// - Throws: `file.not-deleted`.
    func delete() throws {
        try shortFolder?.delete()
        try folder.delete()
    }

    /// The sockets of ssh masters that still wait for another connection.
    var controlSockets: [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: controlFolder)) ?? []
        return names.map { "\(controlFolder)/\($0)" }
    }
}
