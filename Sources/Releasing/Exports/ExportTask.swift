import AWS
import BuildGraph
import Diagnostics
import FoundationEssentials
import Glibc

/// One task of EC2's image export, begun or continued, to its end.
struct ExportTask: Sendable {
    let aws: any AWSCaller
    let slots: ExportSlots
    let region: String
    let assetId: String
    let format: ImageFormat
    let imageId: String
    let bucket: String
    let role: String
    /// S3 prefix that the task writes under, with a slash at its end.
    let folder: String
    let ownTags: OwnTags

    /// What an interrupted run left of this very export.
    private enum Earlier: Sendable {
        /// A task that still works or has ended well.
        case task(JournalEntryID, id: String)
        /// The run ended before it knew an id; whether there is a task, only EC2 knows.
        case asked(JournalEntry, token: String)
        case nothing
    }

    /// Starts the task, or finds the one that an interrupted run began, and waits for its end.
    ///
    /// - Parameter deadlineSeconds: counts from the task, not from the wait for its turn.
    /// - Returns: the key of the object that the task wrote.
    /// - Throws: `export.failed` with EC2's words, `export.no-room`, `aws.*`.
    func finish(_ context: StageContext, deadlineSeconds: Double) async throws -> String {
        let earlier = try await earlier(context)
        var isRunning = false
        if case .task = earlier { isRunning = true }
        return try await slots.withSlot(
            region: region, imageId: imageId, isRunning: isRunning,
            onWaiting: { context.progress(nil, "waiting for this run's other exports to end") }
        ) { slot in
            let (entry, id) = try await begun(after: earlier, in: slot, context)
            try await waitForEnd(of: id, entry, context, deadlineSeconds: deadlineSeconds)
            return key(of: id)
        }
    }

    private func waitForEnd(
        of id: String, _ entry: JournalEntryID, _ context: StageContext, deadlineSeconds: Double
    ) async throws {
        // How long the stage took the last time says little: it copied and waited as well.
        let schedule = WaiterSchedule(firstDelaySeconds: 0.5, deadlineSeconds: deadlineSeconds)
        do {
            try await Waiter.wait(
                "export task `\(id)`", schedule: schedule, time: context.time,
                onProgress: context.progress
            ) { try await verdict(id, context.time) }
        } catch let error as Diagnostic where error.code == "export.failed" {
            // The task is over: nothing of it is left that could be continued or removed.
            try await context.journal.gone(entry)
            throw error
        }
        try await context.journal.kept(entry)
    }

    /// The key that EC2 writes a task's object under.
    func key(of id: String) -> String { Self.key(folder: folder, id: id, format: format) }

    /// The key that EC2 writes a task's object under.
    static func key(folder: String, id: String, format: ImageFormat) -> String {
        "\(folder)\(id).\(format.fileExtension)"
    }

    private static let descriptionDetail = "description"

    /// What tells the tasks of a release from each other, since EC2 does not tell their formats.
    private var description: String { "Data Science Sandbox \(assetId), \(format.rawValue)" }

    /// How a task that a run left was described when it was asked for.
    ///
    /// A client token is only good for the very same request. Programs that wrote no description
    /// down gave every format the same one, and no own tags.
    static func description(of leftover: Leftover) -> String {
        leftover.details[descriptionDetail] ?? "Data Science Sandbox \(leftover.assetId)"
    }

    /// Whether there is an object of exactly that key.
    func hasObject(at key: String) async throws -> Bool {
        try await aws.all(ListObjectsV2(bucket: bucket, prefix: key), region: region)
            .contains { ExactText($0.key) == ExactText(key) }
    }

    /// Whether an entry of the journal is of the task that is wanted now.
    func isSame(_ entry: JournalEntry) -> Bool {
        (entry.details[BIOSImage.sourceDetail] ?? entry.details["imageId"]) == imageId
            && entry.details["format"] == format.rawValue
            && entry.details["bucket"] == bucket && entry.details["folder"] == folder
    }

    /// What can be continued; what cannot is removed.
    private func earlier(_ context: StageContext) async throws -> Earlier {
        for entry in await context.journal.unfinished(of: LeftoverKind.exportTask) {
            if isSame(entry) {
                if let id = entry.id,
                    try await isUsable(id, of: entry, bornAt: entry.time, context)
                {
                    return .task(entry.entry, id: id)
                }
                if entry.id == nil, let token = entry.token { return .asked(entry, token: token) }
            }
            try await remove(entry, context)
        }
        return .nothing
    }

    private func begun(
        after earlier: Earlier, in slot: ExportSlots.Slot, _ context: StageContext
    ) async throws -> (JournalEntryID, String) {
        switch earlier {
        case .task(let entry, let id):
            context.progress(nil, "continuing with export task \(id)")
            return (entry, id)
        case .asked(let entry, let token):
            if let id = try await again(entry, token: token, in: slot, context) {
                return (entry.entry, id)
            }
        case .nothing: break
        }
        if await !slots.needsBIOSImage(imageId) {
            do {
                return try await begin(with: imageId, in: slot, context)
            } catch let problem as Diagnostic where ExportRefusal.codes.contains(problem.code) {
                try await requireBootMode(toExplain: problem, context)
                if await slots.noteNeedOfBIOSImage(imageId) {
                    context.progress(
                        nil,
                        "EC2 does not export image \(imageId), which boots by BIOS and UEFI "
                            + "both: exporting it registered anew for BIOS alone")
                }
            }
        }
        let bios = BIOSImage(
            aws: aws, region: region, assetId: assetId, ownTags: ownTags, sourceId: imageId)
        return try await begin(with: try await bios.made(context), in: slot, context)
    }

    /// Asks once more for the task of an entry whose answer nobody heard.
    ///
    /// The same token starts no second task; where there never was one, it starts it.
    /// - Returns: nil where it is no use, and the entry is ended.
    private func again(
        _ entry: JournalEntry, token: String, in slot: ExportSlots.Slot, _ context: StageContext
    ) async throws -> String? {
        do {
            let isOlder = entry.details[Self.descriptionDetail] == nil
            let id = try await start(
                entry.entry, token: token, imageId: entry.details["imageId"] ?? imageId,
                description: Self.description(of: Leftover(entry)),
                tags: tags(entry.runId, isOlder ? .none : ownTags), in: slot, context)
            if try await isUsable(id, of: entry, bornAt: nil, context) { return id }
        } catch let error as Diagnostic where ExportRefusal.codes.contains(error.code) {
            return nil
        } catch let error as Diagnostic
            where error.code == "aws.IdempotentParameterMismatch"
            || error.code.hasPrefix("aws.InvalidAMIID")
        {
            // It was asked for with another role, or of a BIOS image that is gone: what came of
            // it is found by its tags.
        }
        try await remove(entry, context)
        return nil
    }

    /// Begins a task of this image or of the BIOS image in its place, its intent before the call.
    private func begin(
        with exported: String, in slot: ExportSlots.Slot, _ context: StageContext
    ) async throws -> (JournalEntryID, String) {
        let token = UUID().uuidString.lowercased()
        var details = [
            "imageId": exported, "format": format.rawValue, "bucket": bucket, "folder": folder,
            Self.descriptionDetail: description,
        ]
        if exported != imageId { details[BIOSImage.sourceDetail] = imageId }
        let entry = try await context.journal.intend(
            LeftoverKind.exportTask, region: region, token: token, details: details)
        let id = try await start(
            entry, token: token, imageId: exported, description: description,
            tags: tags(context.runId, ownTags), in: slot, context)
        return (entry, id)
    }

    private func tags(_ runId: String, _ own: OwnTags) -> [AWSTag] {
        ResourceNames.tags(assetId: assetId, own: own, runId: runId)
    }

    private func remove(_ entry: JournalEntry, _ context: StageContext) async throws {
        let leftover = try ExportLeftover(aws: aws, leftover: Leftover(entry), time: context.time)
        try await leftover.remove().end(entry, in: context.journal, warn: context.warn)
    }

    private func start(
        _ entry: JournalEntryID, token: String, imageId: String, description: String,
        tags: [AWSTag], in slot: ExportSlots.Slot, _ context: StageContext
    ) async throws -> String {
        let request = ExportRequest(
            aws: aws, region: region,
            call: ExportImage(
                imageId: imageId, diskImageFormat: format.rawValue, bucket: bucket,
                prefix: folder, clientToken: token, roleName: role,
                description: description, tags: tags),
            slot: slot)
        do {
            let id = try await request.accepted(context)
            try await context.journal.created(entry, id: id)
            return id
        } catch let problem as ExportRequest.NeverBegan {
            // Not in this task, which may be cancelled: the next run need not search.
            try await Task { try await context.journal.gone(entry) }.value
            throw problem.cause
        } catch let problem as Diagnostic where ExportRefusal.codes.contains(problem.code) {
            try await context.journal.gone(entry)
            throw problem
        }
    }

    /// Whether a task can be continued: it is the entry's own, and works or has written.
    private func isUsable(
        _ id: String, of entry: JournalEntry, bornAt birth: Date?, _ context: StageContext
    ) async throws -> Bool {
        let seen = try await PatientLook(time: context.time).find(bornAt: birth) {
            try await describe(id)
        }
        guard let seen, seen.imageId == entry.details["imageId"],
            try LeftoverClaim(leftover: Leftover(entry)).objection(to: seen.tags) == nil
        else { return false }
        switch seen.status {
        case "active": return true
        case "completed": return try await hasObject(at: key(of: id))
        default: return false
        }
    }

    private func describe(_ id: String) async throws -> ExportImageTask? {
        do {
            return try await aws.all(
                DescribeExportImageTasks(taskIds: [id]), region: region
            ).first
        } catch let error as Diagnostic where error.code.hasPrefix("aws.InvalidExportTaskID") {
            return nil
        }
    }

    private func verdict(
        _ id: String, _ time: any TimeSource
    ) async throws -> WaiterVerdict<Void> {
        guard let task = try await PatientLook(time: time).find({ try await describe(id) }) else {
            return .pending(percent: nil, message: "export task \(id): not visible yet")
        }
        let message = task.statusMessage ?? task.status
        switch task.status {
        case "completed": return .done(())
        case "active":
            return .pending(percent: task.percent, message: message)
        default:
            return .failed(
                Diagnostic(
                    code: "export.failed",
                    summary: "export of image `\(imageId)` to \(format.rawValue) failed",
                    causes: ["task `\(id)` is `\(task.status)`: \(message)"],
                    hint: "see that image `\(imageId)` can be exported (no marketplace code, "
                        + "no encrypted snapshot) and that role `\(role)` may write to `\(bucket)`"
                ))
        }
    }
}
