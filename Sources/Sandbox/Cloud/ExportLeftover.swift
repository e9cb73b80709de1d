import AWS
import BuildGraph
import Diagnostics

/// An export that a run began and that nobody will continue: its task, and what that wrote.
struct ExportLeftover {
    let aws: any AWSCaller
    let entry: JournalEntry
    let time: any TimeSource

    /// Cancels the task where it still works, and deletes its object where it has ended.
    func remove() async throws {
        guard let id = try await taskId() else { return }
        try await CautiousDeletion.delete(
            ifThere: {
                try await isActive(id)
            }, bornAt: entry.time, time: time,
            by: {
                _ = try await aws.call(CancelExportTask(taskId: id), region: entry.region)
            })
        guard let bucket = entry.details["bucket"], let folder = entry.details["folder"],
            let format = entry.details["format"].flatMap(ImageFormat.init)
        else { return }
        // S3 takes the deletion of what is not there for done.
        do {
            _ = try await aws.call(
                DeleteObject(
                    bucket: bucket, key: ExportTask.key(folder: folder, id: id, format: format)),
                region: entry.region)
        } catch let error as Diagnostic where error.code == "aws.NoSuchBucket" {}
    }

    private func isActive(_ id: String) async throws -> Bool {
        do {
            return try await aws.all(DescribeExportImageTasks(taskIds: [id]), region: entry.region)
                .contains { $0.status == "active" }
        } catch let error as Diagnostic where error.code.hasPrefix("aws.InvalidExportTaskID") {
            return false
        }
    }

    /// The task's id; where the run died before it knew it, the task's tags, image and
    /// description tell.
    private func taskId() async throws -> String? {
        if let id = entry.id { return id }
        let format = entry.details["format"].flatMap(ImageFormat.init)
        let description = format.map {
            ExportTask.description(assetId: entry.assetId, format: $0)
        }
        return try await PatientLook(time: time).find(bornAt: entry.time) {
            try await aws.all(DescribeExportImageTasks(), region: entry.region).first { task in
                task.tags[ResourceNames.runTag] == entry.runId
                    && task.imageId == entry.details["imageId"]
                    && task.description == description
            }?.id
        }
    }
}
