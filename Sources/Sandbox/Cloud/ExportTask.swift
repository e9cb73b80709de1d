import AWS
import BuildGraph
import Diagnostics
import Foundation

/// One task of EC2's image export, begun or continued, to its end.
struct ExportTask: Sendable {
    let aws: any AWSCaller
    let region: String
    let assetId: String
    let format: ImageFormat
    let imageId: String
    let bucket: String
    let role: String
    /// S3 prefix that the task writes under, with a slash at its end.
    let folder: String

    /// Starts the task, or finds the one that an interrupted run began, and waits for its end.
    ///
    /// - Returns: the key of the object that the task wrote.
    /// - Throws: `export.failed` with EC2's words, `aws.*`.
    func finish(_ context: StageContext, deadlineSeconds: Double) async throws -> String {
        let (entry, id) = try await begun(context)
        let schedule = WaiterSchedule(
            firstDelaySeconds: 2, expectedSeconds: context.previousSeconds,
            deadlineSeconds: deadlineSeconds)
        do {
            try await Waiter.wait(
                "export task `\(id)`", schedule: schedule, time: context.time,
                onProgress: context.progress
            ) { try await verdict(id) }
        } catch let error as Diagnostic where error.code == "export.failed" {
            // The task is over: nothing of it is left that could be continued or removed.
            try await context.journal.gone(entry)
            throw error
        }
        try await context.journal.kept(entry)
        return key(of: id)
    }

    /// The key that EC2 writes a task's object under.
    func key(of id: String) -> String { Self.key(folder: folder, id: id, format: format) }

    /// The key that EC2 writes a task's object under.
    static func key(folder: String, id: String, format: ImageFormat) -> String {
        "\(folder)\(id).\(format.fileExtension)"
    }

    /// Whether there is an object of exactly that key.
    func hasObject(at key: String) async throws -> Bool {
        try await aws.all(ListObjectsV2(bucket: bucket, prefix: key), region: region)
            .contains { $0.key == key }
    }

    /// Whether an entry of the journal is of the task that is wanted now.
    func isSame(_ entry: JournalEntry) -> Bool {
        entry.details["imageId"] == imageId && entry.details["format"] == format.rawValue
            && entry.details["bucket"] == bucket && entry.details["folder"] == folder
    }

    private func begun(_ context: StageContext) async throws -> (JournalEntryID, String) {
        for entry in await context.journal.unfinished(resource: ExportVMImage.taskResource) {
            if isSame(entry), let id = try await usableTask(entry) {
                context.progress(nil, "continuing with export task \(id)")
                if entry.id == nil { try await context.journal.created(entry.entry, id: id) }
                return (entry.entry, id)
            }
            try await ExportLeftover(aws: aws, entry: entry).remove()
            try await context.journal.gone(entry.entry)
        }
        let token = UUID().uuidString.lowercased()
        let entry = try await context.journal.intend(
            resource: ExportVMImage.taskResource, region: region, token: token,
            details: [
                "imageId": imageId, "format": format.rawValue, "bucket": bucket,
                "folder": folder,
            ])
        let id = try await start(token: token, runId: context.runId)
        try await context.journal.created(entry, id: id)
        return (entry, id)
    }

    private func start(token: String, runId: String) async throws -> String {
        try await aws.call(
            ExportImage(
                imageId: imageId, diskImageFormat: format.rawValue, bucket: bucket,
                prefix: folder, clientToken: token, roleName: role,
                description: "Data Science Sandbox \(assetId)",
                tags: ResourceNames.tags(assetId: assetId, runId: runId)),
            region: region
        ).id
    }

    /// The id of an interrupted run's task that still works or has ended well.
    private func usableTask(_ entry: JournalEntry) async throws -> String? {
        var id = entry.id
        if id == nil, let token = entry.token {
            // The run died before it knew the id; the same token starts no second task.
            id = try await start(token: token, runId: entry.runId)
        }
        guard let id, let task = try await describe(id) else { return nil }
        switch task.status {
        case "active": return id
        case "completed": return try await hasObject(at: key(of: id)) ? id : nil
        default: return nil
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

    private func verdict(_ id: String) async throws -> WaiterVerdict<Void> {
        guard let task = try await describe(id) else {
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
