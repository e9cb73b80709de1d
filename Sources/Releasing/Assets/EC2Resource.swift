import AWS
import Diagnostics

/// One thing in EC2, whatever its kind: its tags while it is there, and its deletion.
struct EC2Resource: Sendable {
    let aws: any AWSCaller
    let asset: Asset

    private var region: String { asset.region }

    /// Its tags; nil where it is gone.
    func tags() async throws -> [AWSTag]? {
        do {
            return try await presentTags()
        } catch let problem as Diagnostic where Self.isAbsence(problem) {
            return nil
        }
    }

    /// Asks EC2 to delete it, once its tags were looked at; what is gone already is no error.
    func delete() async throws {
        try await CautiousDeletion.delete(
            found: {
                try await tags() != nil
            },
            by: {
                try await callDeletion()
            })
    }

    private static func isAbsence(_ problem: Diagnostic) -> Bool {
        let things = [
            "InstanceID", "KeyPair", "AMIID", "Snapshot", "Volume", "Group", "ExportTaskID",
            "GroupId",
        ]
        return things.contains { thing in
            ["NotFound", "Unavailable"].contains {
                problem.code == "aws.Invalid\(thing).\($0)"
            }
        }
    }

    private func presentTags() async throws -> [AWSTag]? {
        let id = asset.id
        switch asset.kind {
        case .instance:
            return try await aws.all(DescribeInstances(instanceIds: [id]), region: region)
                .first { $0.state != "terminated" }?.tags
        case .keyPair:
            return try await aws.call(
                DescribeKeyPairs(keyNames: [asset.name ?? id]), region: region
            ).first?.tags
        case .exportTask:
            return try await aws.all(DescribeExportImageTasks(taskIds: [id]), region: region)
                .first { ["active", "cancelling", "deleting"].contains($0.status) }?.tags
        case .ami:
            return try await aws.all(
                DescribeImages(imageIds: [id], includesDisabled: true), region: region
            ).first { $0.state != "deregistered" }?.tags
        case .snapshot:
            return try await aws.all(DescribeSnapshots(snapshotIds: [id]), region: region)
                .first?.tags
        case .volume:
            return try await aws.all(DescribeVolumes(volumeIds: [id]), region: region)
                .first { $0.state != "deleted" }?.tags
        case .securityGroup:
            return try await aws.all(DescribeSecurityGroups(groupIds: [id]), region: region)
                .first?.tags
        case .stack, .upload, .object, .container, .dockerImage, .folder, .unknown: return nil
        }
    }

    private func callDeletion() async throws {
        let id = asset.id
        switch asset.kind {
        case .instance:
            _ = try await aws.call(TerminateInstances(instanceIds: [id]), region: region)
        case .keyPair:
            _ = try await aws.call(DeleteKeyPair(keyName: asset.name ?? id), region: region)
        case .exportTask: _ = try await aws.call(CancelExportTask(taskId: id), region: region)
        case .ami: _ = try await aws.call(DeregisterImage(imageId: id), region: region)
        case .snapshot: _ = try await aws.call(DeleteSnapshot(snapshotId: id), region: region)
        case .volume: _ = try await aws.call(DeleteVolume(volumeId: id), region: region)
        case .securityGroup:
            _ = try await aws.call(DeleteSecurityGroup(groupId: id), region: region)
        case .stack, .upload, .object, .container, .dockerImage, .folder, .unknown: break
        }
    }
}
