import AWS
import BuildGraph
import Diagnostics
import DockerEngine
import FoundationEssentials
import QEMU

/// Removes what an interrupted run began, by what its journal says; the same code serves a
/// stage's own take-down, a run that begins on an unfinished journal, and `clean`.
///
/// Nothing goes that does not prove to be what its run made (`LeftoverClaim`).
struct LeftoverRemoval: Sendable {
    let services: Services
    /// The permanent stacks whose change sets may be withdrawn, as `region/name`.
    private let stacks: Set<String>

    /// Marks the entry of an object that takes the place of a recorded one.
    static let replacesDetail = "replaces"

    /// Makes one.
    ///
    /// - Parameter stacks: those whose change sets it may withdraw.
    init(services: Services, stacks: [InfrastructureManifest.Stack] = []) {
        self.services = services
        self.stacks = Set(stacks.map { "\($0.region)/\($0.name)" })
    }

    /// Removes the thing that an entry stands for, deletion confirmed, and ends the entry.
    ///
    /// - Parameters:
    ///   - journal: where the entry is.
    ///   - keepsLate: whether the entry stays where its thing is not there and may still come.
    ///   - warn: told of what stays because it is not the entry's.
    /// - Throws: `leftover.unknown-resource`, else as `remove(_:onProgress:)`; the entry is open
    ///   then.
    func settle(
        _ entry: JournalEntry, in journal: some JournalEnding,
        onProgress: @escaping @Sendable (Double?, String) -> Void, keepsLate: Bool = false,
        warn: (String) -> Void
    ) async throws {
        let leftover = try Leftover(entry)
        let staysOpen = keepsLate && mayStillCome(leftover)
        let outcome = try await remove(leftover, onProgress: onProgress)
        if staysOpen && outcome == .gone { return }
        try await outcome.end(entry, in: journal, warn: warn)
    }

    /// Whether a request of its run may still be on its way to AWS: signatures are good for
    /// that long, and an id would say that it arrived.
    ///
    /// Source:
    /// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-troubleshooting.html
    private func mayStillCome(_ leftover: Leftover) -> Bool {
        let ageSeconds = services.time.now().timeIntervalSince(leftover.bornAt)
        return leftover.id == nil && leftover.kind.place != .machine && abs(ageSeconds) < 900
    }

    /// Removes a thing, deletion confirmed.
    ///
    /// What never came to be, or is gone already, is no error.
    ///
    /// - Throws: what the removing call answered.
    func remove(
        _ leftover: Leftover, onProgress: @escaping @Sendable (Double?, String) -> Void
    ) async throws -> LeftoverOutcome {
        switch leftover.kind {
        case .stack: try await removeStack(leftover, onProgress)
        case .changeSet: try await withdrawChangeSet(leftover)
        case .keyPair:
            try await EC2KeyPairs(aws: services.aws, region: leftover.region, time: services.time)
                .remove(leftover)
        case .privateKey:
            try removeFolders([leftover.id ?? leftover.name ?? ""], of: leftover)
        case .image: try await removeImage(leftover)
        case .biosImage:
            try await BIOSImage.remove(leftover, aws: services.aws, time: services.time)
        case .exportTask:
            try await ExportLeftover(aws: services.aws, leftover: leftover, time: services.time)
                .remove()
        case .upload: try await abortUpload(leftover)
        case .workFolder: try await removeWorkFolders(leftover)
        case .container: try await removeContainer(leftover)
        case .dockerImage: try await removeDockerImage(leftover)
        case .object: try await removeObject(leftover)
        case .retiredImage, .retiredObject: try await retire(leftover)
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

    /// Looks for a thing; patiently where its id was never learnt: the last request of a run that
    /// was killed may arrive after this one has begun to look.
    private func lookingFor<T: Sendable>(
        _ leftover: Leftover, _ look: () async throws -> T?
    ) async throws -> T? {
        guard leftover.id == nil else { return try await look() }
        return try await PatientLook(time: services.time).find(bornAt: leftover.bornAt, look)
    }

    private func removeStack(
        _ leftover: Leftover, _ onProgress: @escaping @Sendable (Double?, String) -> Void
    ) async throws -> LeftoverOutcome {
        let stacks = StackDeployment(
            aws: services.aws, region: leftover.region, time: services.time)
        guard let name = leftover.id ?? leftover.name else { return .gone }
        let seen = try await lookingFor(leftover) {
            try await stacks.find(name).flatMap { $0.status == "DELETE_COMPLETE" ? nil : $0 }
        }
        guard let found = seen else { return .gone }
        if let reason = LeftoverClaim(leftover: leftover).objection(to: found) {
            return .notOurs(because: reason)
        }
        try await stacks.delete(found, onProgress: onProgress)
        return .gone
    }

    /// A change set that was never carried out goes; the permanent stack stays.
    private func withdrawChangeSet(_ leftover: Leftover) async throws -> LeftoverOutcome {
        guard let stackName = leftover.details[DeployStack.stackDetail],
            stacks.contains("\(leftover.region)/\(stackName)")
        else { return .notOurs(because: "it is of no stack that the manifest deploys") }
        guard
            let kind = leftover.details[DeployStack.kindDetail].flatMap(CreateChangeSet.Kind.init),
            let token = leftover.token,
            leftover.name == StackDeployment.changeSetName(token, kind)
        else { return .notOurs(because: "its name is not the one that the run chose") }
        let stacks = StackDeployment(
            aws: services.aws, region: leftover.region, time: services.time)
        // By its name: the run's own token is in it.
        try await stacks.withdraw(
            StackDeployment.changeSetName(token, kind), stack: stackName,
            removesStack: kind == .create)
        return .gone
    }

    private func removeImage(_ leftover: Leftover) async throws -> LeftoverOutcome {
        let images = EC2Images(aws: services.aws, region: leftover.region, time: services.time)
        guard let image = try await images.named(by: leftover) else { return .gone }
        if let reason = LeftoverClaim(leftover: leftover).objection(to: image.tags) {
            return .notOurs(because: reason)
        }
        try await images.remove(image)
        return .gone
    }

    private func abortUpload(_ leftover: Leftover) async throws -> LeftoverOutcome {
        guard let bucket = leftover.details["bucket"], let key = leftover.name else { return .gone }
        if let reason = LeftoverClaim(leftover: leftover).objection(toKey: key) {
            return .notOurs(because: reason)
        }
        let ids: [String]
        if let id = leftover.id {
            ids = [id]
        } else {
            // The run died before it knew the id; the lock sees to it that no other run has any.
            let found = try await lookingFor(leftover) {
                let uploads = try await ObjectCopy.uploads(
                    services.aws, of: key, in: bucket, region: leftover.region)
                return uploads.isEmpty ? nil : uploads
            }
            ids = found ?? []
        }
        for id in ids {
            do {
                _ = try await services.aws.call(
                    AbortMultipartUpload(bucket: bucket, key: key, uploadId: id),
                    region: leftover.region)
            } catch let error as Diagnostic where ObjectCopy.isGone(error) {
                try await ObjectCopy.removeCopy(services.aws, leftover, in: bucket, key: key)
            }
        }
        return .gone
    }

    private func removeObject(_ leftover: Leftover) async throws -> LeftoverOutcome {
        // What it was about to overwrite is published, and people read it.
        guard let bucket = leftover.details["bucket"], let key = leftover.name,
            leftover.details[Self.replacesDetail] == nil
        else { return .gone }
        let claim = LeftoverClaim(leftover: leftover)
        if let reason = claim.objection(toKey: key) { return .notOurs(because: reason) }
        let tags = try await ObjectSearch.tags(
            services.aws, bucket: bucket, key: key, region: leftover.region)
        guard let tags else { return .gone }
        if let reason = claim.objection(to: tags) { return .notOurs(because: reason) }
        _ = try await services.aws.call(
            DeleteObject(bucket: bucket, key: key), region: leftover.region)
        return .gone
    }

    private func retire(_ leftover: Leftover) async throws -> LeftoverOutcome {
        guard let thing = RetiredThings.thing(of: leftover) else { return .gone }
        let retired = RetiredThings(services: services, assetId: leftover.assetId)
        if let reason = try await retired.objection(to: thing) { return .notOurs(because: reason) }
        try await retired.retire(thing, at: services.time.now())
        return .gone
    }
}
