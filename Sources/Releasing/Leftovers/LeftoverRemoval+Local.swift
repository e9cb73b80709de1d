import BuildGraph
import DockerEngine
import QEMU

/// What runs leave on this machine and in its Docker engine.
extension LeftoverRemoval {
    /// Ends the virtual machines that work there, and removes their files.
    func removeWorkFolders(_ leftover: Leftover) async throws -> LeftoverOutcome {
        let folders = try WorkFolder.left(by: leftover)
        for folder in folders {
            if let reason = objection(to: folder, of: leftover) { return .notOurs(because: reason) }
            try await services.emulator.endMachines(below: folder)
        }
        return try removeFolders(folders, of: leftover)
    }

    /// Removes folders with what they hold; what is not there is gone.
    func removeFolders(_ folders: [String], of leftover: Leftover) throws -> LeftoverOutcome {
        for folder in folders {
            if let reason = objection(to: folder, of: leftover) { return .notOurs(because: reason) }
            try services.access.removeKeyPair(in: folder)
        }
        return .gone
    }

    private func objection(to folder: String, of leftover: Leftover) -> String? {
        guard let found = services.access.folder(at: folder) else { return nil }
        return LeftoverClaim(leftover: leftover).objection(
            toFolder: folder, found, on: services.access.machine)
    }

    func removeContainer(_ leftover: Leftover) async throws -> LeftoverOutcome {
        guard let name = leftover.name ?? leftover.id,
            let found = try await services.engine.inspectContainer(name)
        else { return .gone }
        if let reason = LeftoverClaim(leftover: leftover).objection(toLabels: found.labels) {
            return .notOurs(because: reason)
        }
        try await services.engine.removeContainer(name)
        return .gone
    }

    func removeDockerImage(_ leftover: Leftover) async throws -> LeftoverOutcome {
        guard let name = leftover.name, let found = try await services.engine.inspectImage(name)
        else { return .gone }
        if let reason = LeftoverClaim(leftover: leftover).objection(
            toImageNamed: name, labels: found.labels)
        {
            return .notOurs(because: reason)
        }
        try await services.engine.removeImage(name)
        return .gone
    }
}
