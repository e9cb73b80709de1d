import BuildGraph
import DockerEngine
import QEMU

/// What runs leave on this machine and in its Docker engine.
extension LeftoverRemoval {
    /// Ends the virtual machines that work there, and removes their files.
    func removeWorkFolders(_ entry: JournalEntry) async throws -> LeftoverOutcome {
        let folders = try WorkFolder.left(by: entry)
        for folder in folders {
            if let reason = objection(to: folder, of: entry) { return .notOurs(because: reason) }
            try await services.emulator.endMachines(below: folder)
        }
        return try removeFolders(folders, of: entry)
    }

    /// Removes folders with what they hold; what is not there is gone.
    func removeFolders(_ folders: [String], of entry: JournalEntry) throws -> LeftoverOutcome {
        for folder in folders {
            if let reason = objection(to: folder, of: entry) { return .notOurs(because: reason) }
            try services.access.removeKeyPair(in: folder)
        }
        return .gone
    }

    private func objection(to folder: String, of entry: JournalEntry) -> String? {
        guard let found = services.access.folder(at: folder) else { return nil }
        return LeftoverClaim(entry: entry).objection(
            toFolder: folder, found, on: services.access.machine)
    }

    func removeContainer(_ entry: JournalEntry) async throws -> LeftoverOutcome {
        guard let name = entry.name ?? entry.id,
            let found = try await services.engine.inspectContainer(name)
        else { return .gone }
        if let reason = LeftoverClaim(entry: entry).objection(toLabels: found.labels) {
            return .notOurs(because: reason)
        }
        try await services.engine.removeContainer(name)
        return .gone
    }

    func removeDockerImage(_ entry: JournalEntry) async throws -> LeftoverOutcome {
        guard let name = entry.name, let found = try await services.engine.inspectImage(name)
        else { return .gone }
        if let reason = LeftoverClaim(entry: entry).objection(
            toImageNamed: name, labels: found.labels)
        {
            return .notOurs(because: reason)
        }
        try await services.engine.removeImage(name)
        return .gone
    }
}
