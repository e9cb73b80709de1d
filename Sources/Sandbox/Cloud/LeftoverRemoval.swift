import AWS
import BuildGraph
import Diagnostics
import DockerEngine
import FoundationEssentials
import QEMU

/// Removes what an interrupted run began, by what its journal says; the same code serves a
/// stage's own take-down, a run that begins on an unfinished journal, and `clean`.
///
/// Nothing goes that does not prove to be what the entry's run made (`LeftoverClaim`).
struct LeftoverRemoval: Sendable {
    let services: SandboxServices
    /// The permanent stacks whose change sets may be withdrawn, as `region/name`.
    private let stacks: Set<String>

    /// Marks the entry of an object that takes the place of a recorded one.
    static let replacesDetail = "replaces"

    /// Makes one.
    ///
    /// - Parameter stacks: those whose change sets it may withdraw.
    init(services: SandboxServices, stacks: [InfrastructureManifest.Stack] = []) {
        self.services = services
        self.stacks = Set(stacks.map { "\($0.region)/\($0.name)" })
    }

    /// Removes the thing that an entry stands for, deletion confirmed, and ends the entry.
    ///
    /// - Parameters:
    ///   - journal: where the entry is.
    ///   - keepsOpen: whether the entry stays where its thing is gone or was never there.
    ///   - warn: told of what stays because it is not the entry's.
    /// - Throws: as `remove(_:onProgress:)`; the entry is open then.
    func settle(
        _ entry: JournalEntry, in journal: some JournalEnding,
        onProgress: @escaping @Sendable (Double?, String) -> Void, keepsOpen: Bool = false,
        warn: (String) -> Void
    ) async throws {
        switch try await remove(entry, onProgress: onProgress) {
        case .gone: if !keepsOpen { try await journal.gone(entry.entry) }
        case .notOurs(let reason):
            warn(Self.notOurs(entry, reason))
            try await journal.forget(entry.entry)
        }
    }

    /// Whether a request of the entry's run may still be on its way to AWS: signatures are good for
    /// that long, and an id would say that it arrived.
    ///
    /// Source:
    /// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-troubleshooting.html
    func mayStillCome(_ entry: JournalEntry) -> Bool {
        let ageSeconds = services.time.now().timeIntervalSince(entry.time)
        return entry.id == nil && entry.kind?.place != .machine && abs(ageSeconds) < 900
    }

    /// What is said of a thing that stays because it is not the entry's.
    static func notOurs(_ entry: JournalEntry, _ reason: String) -> String {
        "\(entry.resource) `\(entry.id ?? entry.name ?? "")` of the journal is not ours: left "
            + "(\(reason))"
    }

    /// Removes the thing that an entry stands for, deletion confirmed.
    ///
    /// What never came to be, or is gone already, is no error.
    ///
    /// - Throws: `leftover.unknown-resource`, or what the removing call answered.
    func remove(
        _ entry: JournalEntry, onProgress: @escaping @Sendable (Double?, String) -> Void
    ) async throws -> LeftoverOutcome {
        guard let kind = entry.kind else {
            throw Diagnostic(
                code: "leftover.unknown-resource",
                summary: "the journal names `\(entry.id ?? entry.name ?? "")` of unknown kind "
                    + "`\(entry.resource)`",
                hint: "it was written by another version of dssbatch: run `clean` with that one")
        }
        return switch kind {
        case .stack: try await removeStack(entry, onProgress)
        case .changeSet: try await withdrawChangeSet(entry)
        case .keyPair:
            try await EC2KeyPairs(aws: services.aws, region: entry.region, time: services.time)
                .remove(entry)
        case .privateKey:
            try removeFolders([entry.id ?? entry.name ?? ""], of: entry)
        case .image: try await removeImage(entry)
        case .biosImage:
            try await BIOSImage.remove(entry, aws: services.aws, time: services.time)
        case .exportTask:
            try await ExportLeftover(aws: services.aws, entry: entry, time: services.time).remove()
        case .upload: try await abortUpload(entry)
        case .workFolder: try await removeWorkFolders(entry)
        case .container: try await removeContainer(entry)
        case .dockerImage: try await removeDockerImage(entry)
        case .object: try await removeObject(entry)
        case .retiredImage, .retiredObject: try await retire(entry)
        }
    }

    /// Removes what interrupted runs of a stage left, the newest first: what came later holds on
    /// to what was there before.
    ///
    /// - Parameter kind: only of that kind; nil for all.
    func removeUnfinished(_ context: StageContext, of kind: LeftoverKind? = nil) async throws {
        let journal = context.journal
        let left = await journal.unfinished().filter { kind == nil || $0.kind == kind }
        for entry in left.reversed() {
            try await settle(
                entry, in: journal, onProgress: context.progress, warn: context.warn)
        }
    }

    /// Looks for the thing of an entry; patiently where its id was never learnt: the last request
    /// of a run that was killed may arrive after this one has begun to look.
    private func lookingFor<T: Sendable>(
        _ entry: JournalEntry, _ look: () async throws -> T?
    ) async throws -> T? {
        guard entry.id == nil else { return try await look() }
        return try await PatientLook(time: services.time).find(bornAt: entry.time, look)
    }

    private func removeStack(
        _ entry: JournalEntry, _ onProgress: @escaping @Sendable (Double?, String) -> Void
    ) async throws -> LeftoverOutcome {
        let stacks = StackDeployment(aws: services.aws, region: entry.region, time: services.time)
        guard let name = entry.id ?? entry.name else { return .gone }
        let seen = try await lookingFor(entry) {
            try await stacks.find(name).flatMap { $0.status == "DELETE_COMPLETE" ? nil : $0 }
        }
        guard let found = seen else { return .gone }
        if let reason = LeftoverClaim(entry: entry).objection(to: found) {
            return .notOurs(because: reason)
        }
        try await stacks.delete(found, onProgress: onProgress)
        return .gone
    }

    /// A change set that was never carried out goes; the permanent stack stays.
    private func withdrawChangeSet(_ entry: JournalEntry) async throws -> LeftoverOutcome {
        guard let stackName = entry.details[DeployStack.stackDetail],
            stacks.contains("\(entry.region)/\(stackName)")
        else { return .notOurs(because: "it is of no stack that the manifest deploys") }
        guard let kind = entry.details[DeployStack.kindDetail].flatMap(CreateChangeSet.Kind.init),
            let token = entry.token,
            entry.name == StackDeployment.changeSetName(token, kind)
        else { return .notOurs(because: "its name is not the one that the run chose") }
        let stacks = StackDeployment(aws: services.aws, region: entry.region, time: services.time)
        // By its name: the run's own token is in it.
        try await stacks.withdraw(
            StackDeployment.changeSetName(token, kind), stack: stackName,
            removesStack: kind == .create)
        return .gone
    }

    private func removeImage(_ entry: JournalEntry) async throws -> LeftoverOutcome {
        let images = EC2Images(aws: services.aws, region: entry.region, time: services.time)
        guard let image = try await images.named(by: entry) else { return .gone }
        if let reason = LeftoverClaim(entry: entry).objection(to: image.tags) {
            return .notOurs(because: reason)
        }
        try await images.remove(image)
        return .gone
    }

    private func abortUpload(_ entry: JournalEntry) async throws -> LeftoverOutcome {
        guard let bucket = entry.details["bucket"], let key = entry.name else { return .gone }
        if let reason = LeftoverClaim(entry: entry).objection(toKey: key) {
            return .notOurs(because: reason)
        }
        let ids: [String]
        if let id = entry.id {
            ids = [id]
        } else {
            // The run died before it knew the id; the lock sees to it that no other run has any.
            let found = try await lookingFor(entry) {
                let uploads = try await services.aws.all(
                    ListMultipartUploads(bucket: bucket, prefix: key), region: entry.region
                ).filter { ExactText($0.key) == ExactText(key) }.map(\.uploadId)
                return uploads.isEmpty ? nil : uploads
            }
            ids = found ?? []
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
        return .gone
    }

    private func removeObject(_ entry: JournalEntry) async throws -> LeftoverOutcome {
        // What it was about to overwrite is published, and people read it.
        guard let bucket = entry.details["bucket"], let key = entry.name,
            entry.details[Self.replacesDetail] == nil
        else { return .gone }
        let claim = LeftoverClaim(entry: entry)
        if let reason = claim.objection(toKey: key) { return .notOurs(because: reason) }
        let tags = try await ObjectSearch.tags(
            services.aws, bucket: bucket, key: key, region: entry.region)
        guard let tags else { return .gone }
        if let reason = claim.objection(to: tags) { return .notOurs(because: reason) }
        _ = try await services.aws.call(
            DeleteObject(bucket: bucket, key: key), region: entry.region)
        return .gone
    }

    private func retire(_ entry: JournalEntry) async throws -> LeftoverOutcome {
        guard let thing = RetiredThings.thing(of: entry) else { return .gone }
        let retired = RetiredThings(services: services, assetId: entry.assetId)
        if let reason = try await retired.objection(to: thing) { return .notOurs(because: reason) }
        try await retired.retire(thing, at: services.time.now())
        return .gone
    }
}
