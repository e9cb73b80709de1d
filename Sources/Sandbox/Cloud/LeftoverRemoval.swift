import AWS
package import BuildGraph
import Diagnostics
import DockerEngine
import QEMU

/// Removes what an interrupted run began, by what its journal says; the same code serves a
/// stage's own take-down, a run that begins on an unfinished journal, and `clean`.
package struct LeftoverRemoval: Sendable {
    private let services: SandboxServices

    /// Marks the entry of an object that takes the place of a recorded one.
    static let replacesDetail = "replaces"

    /// Makes one that uses these services.
    package init(services: SandboxServices) { self.services = services }

    /// Removes the thing that an entry stands for, deletion confirmed.
    ///
    /// What never came to be, or is gone already, is no error.
    ///
    /// - Throws: `leftover.unknown-resource`, or what the removing call answered.
    package func remove(
        _ entry: JournalEntry, onProgress: @escaping @Sendable (Double?, String) -> Void
    ) async throws {
        let id = entry.id ?? entry.name ?? ""
        switch entry.resource {
        case "cloudformation:stack":
            let stacks = StackDeployment(
                aws: services.aws, region: entry.region, time: services.time)
            try await stacks.delete(id, onProgress: onProgress)
        case DeployStack.resource:
            try await withdrawChangeSet(entry)
        case "ec2:key-pair":
            try await EC2KeyPairs(aws: services.aws, region: entry.region, time: services.time)
                .remove(named: entry.name ?? id, bornAt: entry.time)
        case "local:private-key":
            try services.access.removeKeyPair(in: id)
        case "ec2:image":
            try await removeImage(entry)
        case "ec2:export-image-task":
            try await cancelExport(entry)
        case "s3:multipart-upload":
            try await abortUpload(entry)
        case WorkFolder.resource:
            try await removeWorkFolders(entry)
        case TemporaryContainer.resource:
            try await services.engine.removeContainer(entry.name ?? id)
        case BuildDockerImage.imageResource:
            try await services.engine.removeImage(entry.name ?? id)
        case "s3:object":
            // What it was about to overwrite is published, and people read it.
            if let bucket = entry.details["bucket"], let key = entry.name,
                entry.details[Self.replacesDetail] == nil
            {
                _ = try await services.aws.call(
                    DeleteObject(bucket: bucket, key: key), region: entry.region)
            }
        case RetiredThings.resource(of: .image), RetiredThings.resource(of: .object):
            if let thing = RetiredThings.thing(of: entry) {
                try await RetiredThings(services: services, assetId: entry.assetId)
                    .retire(thing, at: services.time.now())
            }
        default:
            throw Diagnostic(
                code: "leftover.unknown-resource",
                summary: "the journal names `\(id)` of unknown kind `\(entry.resource)`",
                hint: "it was written by another version of dssbatch: run `clean` with that one")
        }
    }

    /// Removes what interrupted runs of a stage left, the newest first: what came later holds on
    /// to what was there before.
    ///
    /// - Parameter resource: only of that kind; nil for all.
    func removeUnfinished(_ context: StageContext, resource: String? = nil) async throws {
        for entry in await context.journal.unfinished(resource: resource).reversed() {
            try await remove(entry, onProgress: context.progress)
            try await context.journal.gone(entry.entry)
        }
    }

    /// Ends the virtual machines that work there, and removes their files.
    private func removeWorkFolders(_ entry: JournalEntry) async throws {
        for folder in try WorkFolder.left(by: entry) {
            try await services.emulator.endMachines(below: folder)
            try services.access.removeKeyPair(in: folder)
        }
    }

    /// A change set that was never carried out goes; the permanent stack stays.
    private func withdrawChangeSet(_ entry: JournalEntry) async throws {
        guard let changeSet = entry.id ?? entry.name,
            let stack = entry.details[DeployStack.stackDetail]
        else { return }
        let stacks = StackDeployment(aws: services.aws, region: entry.region, time: services.time)
        try await stacks.withdraw(
            changeSet, stack: stack,
            removesStack: entry.details[DeployStack.kindDetail]
                == CreateChangeSet.Kind.create.rawValue)
    }

    private func removeImage(_ entry: JournalEntry) async throws {
        let images = EC2Images(
            aws: services.aws, region: entry.region, time: services.time)
        if let image = try await images.begun(entry) { try await images.remove(image) }
    }

    private func cancelExport(_ entry: JournalEntry) async throws {
        try await ExportLeftover(aws: services.aws, entry: entry, time: services.time).remove()
    }

    private func abortUpload(_ entry: JournalEntry) async throws {
        guard let bucket = entry.details["bucket"], let key = entry.name else { return }
        let ids: [String]
        if let id = entry.id {
            ids = [id]
        } else {
            // The run died before it knew the id; the lock sees to it that no other run has any.
            ids = try await services.aws.all(
                ListMultipartUploads(bucket: bucket, prefix: key), region: entry.region
            ).filter { $0.key == key }.map(\.uploadId)
        }
        for id in ids {
            do {
                _ = try await services.aws.call(
                    AbortMultipartUpload(bucket: bucket, key: key, uploadId: id),
                    region: entry.region)
            } catch let error as Diagnostic where error.code == "aws.NoSuchUpload" {
                try await ObjectCopy.removeCopy(services.aws, entry, in: bucket, key: key)
            }
        }
    }
}
