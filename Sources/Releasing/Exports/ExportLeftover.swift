import AWS
import BuildGraph
import Diagnostics

/// An export that a run began and that nobody will continue: its task, and what that wrote.
struct ExportLeftover {
    let aws: any AWSCaller
    let leftover: Leftover
    let time: any TimeSource

    /// What the ids of all export tasks begin with.
    ///
    /// Source:
    /// https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ExportImage.html
    private static let taskPrefix = "export-ami-"

    /// Cancels the task where it still works, and deletes its object where it has ended.
    func remove() async throws -> LeftoverOutcome {
        guard let id = try await taskId() else { return .gone }
        let task = try await PatientLook(time: time).find(bornAt: leftover.bornAt) {
            try await find(id)
        }
        if let task, let reason = LeftoverClaim(leftover: leftover).objection(to: task.tags) {
            return .notOurs(because: reason)
        }
        if task?.status == "active" {
            try await CautiousDeletion.delete(
                found: { try await find(id)?.status == "active" },
                by: {
                    _ = try await aws.call(CancelExportTask(taskId: id), region: leftover.region)
                })
        }
        return try await removeObject(of: id, task)
    }

    /// EC2 forgets its tasks after some time: then only the journal says where it was to write.
    private func removeObject(
        of id: String, _ task: ExportImageTask?
    ) async throws -> LeftoverOutcome {
        guard let bucket = task?.bucket ?? leftover.details["bucket"],
            let folder = task?.prefix ?? leftover.details["folder"],
            let format = leftover.details["format"].flatMap(ImageFormat.init)
        else { return .gone }
        // The objects that were copied from what tasks wrote lie beside that.
        guard id.hasPrefix(Self.taskPrefix) else {
            return .notOurs(because: "`\(id)` is the id of no export task")
        }
        let key = ExportTask.key(folder: folder, id: id, format: format)
        if let reason = LeftoverClaim(leftover: leftover).objection(toKey: key) {
            return .notOurs(because: reason)
        }
        // S3 takes the deletion of what is not there for done.
        do {
            _ = try await aws.call(DeleteObject(bucket: bucket, key: key), region: leftover.region)
        } catch let error as Diagnostic where error.code == "aws.NoSuchBucket" {}
        return .gone
    }

    private func find(_ id: String) async throws -> ExportImageTask? {
        do {
            return try await aws.all(
                DescribeExportImageTasks(taskIds: [id]), region: leftover.region
            )
            .first
        } catch let error as Diagnostic where error.code.hasPrefix("aws.InvalidExportTaskID") {
            return nil
        }
    }

    /// The task's id; where the run died before it knew it, the task's tags, image and
    /// description tell.
    private func taskId() async throws -> String? {
        if let id = leftover.id { return id }
        return try await PatientLook(time: time).find(bornAt: leftover.bornAt) {
            try await aws.all(DescribeExportImageTasks(), region: leftover.region).first { task in
                task.tags[ResourceNames.runTag] == leftover.runId
                    && task.imageId == leftover.details["imageId"]
                    && task.description == ExportTask.description(of: leftover)
            }?.id
        }
    }
}
