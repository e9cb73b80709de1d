import AWS
import Diagnostics
import FoundationEssentials

/// Each kind of thing as an asset.
extension AssetSearch {
    func taggedImages(_ images: [EC2Image], _ region: String) -> [Asset] {
        images.compactMap { image in
            var asset = Asset(
                .ami, image.id, region: region, tags: image.tags, of: pattern, name: image.name)
            asset?.state = image.state
            asset?.createdAt = image.creationDate.flatMap(Timestamp.date)
            asset?.snapshotIds = image.snapshotIds
            asset?.exportOf = image.tags[ResourceNames.exportOfTag]
            return asset
        }
    }

    func snapshot(_ snapshot: EC2Snapshot, _ images: [EC2Image], _ region: String) -> Asset? {
        var asset = Asset(.snapshot, snapshot.id, region: region, tags: snapshot.tags, of: pattern)
        asset?.state = snapshot.state
        asset?.createdAt = snapshot.startTime
        asset?.sizeBytes = Self.bytes(snapshot.sizeGiB)
        let owner = asset?.assetId
        asset?.holder =
            images.first { image in
                image.snapshotIds.contains(snapshot.id)
                    && image.tags[ResourceNames.assetTag] != owner
            }?.id
        return asset
    }

    /// One that is terminated is gone, though EC2 shows it for an hour.
    func machine(_ instance: EC2Instance, _ region: String) -> Asset? {
        if instance.state == "terminated" { return nil }
        var asset = Asset(.instance, instance.id, region: region, tags: instance.tags, of: pattern)
        asset?.state = instance.state
        asset?.createdAt = instance.launchTime
        return asset
    }

    func volume(_ volume: EC2Volume, _ machines: [EC2Instance], _ region: String) -> Asset? {
        var asset = Asset(.volume, volume.id, region: region, tags: volume.tags, of: pattern)
        asset?.state = volume.state
        asset?.createdAt = volume.createTime
        asset?.sizeBytes = Self.bytes(volume.sizeGiB)
        asset?.volumeType = volume.kind
        let owner = asset?.assetId
        asset?.holder = volume.instanceIds.first { id in
            !machines.contains {
                $0.id == id && $0.tags[ResourceNames.assetTag] == owner
            }
        }
        return asset
    }

    func securityGroups(_ region: String) async throws -> [Asset] {
        try await aws.all(DescribeSecurityGroups(filters: [tagFilter]), region: region)
            .compactMap {
                Asset(
                    .securityGroup, $0.id, region: region, tags: $0.tags, of: pattern,
                    name: $0.name)
            }
    }

    func keyPairs(_ region: String) async throws -> [Asset] {
        try await aws.call(DescribeKeyPairs(), region: region).compactMap { pair in
            var asset = Asset(
                .keyPair, pair.id ?? pair.name, region: region, tags: pair.tags, of: pattern,
                name: pair.name)
            asset?.createdAt = pair.createTime
            return asset
        }
    }

    func stacks(_ region: String) async throws -> [Asset] {
        try await aws.all(DescribeStacks(), region: region).compactMap { stack in
            var asset = Asset(
                .stack, stack.id, region: region, tags: stack.tags, of: pattern, name: stack.name)
            asset?.state = stack.status
            asset?.createdAt = stack.creationTime
            return asset
        }
    }

    /// Tasks, and what each has written and nobody has put in its place: such an object has no
    /// tag of its own, but its name is the id of a task that has.
    func exportTasks(_ region: String) async throws -> [Asset] {
        // EC2 filters them by nothing but their state.
        let tasks = try await aws.all(DescribeExportImageTasks(), region: region)
        let found = tasks.compactMap { task -> (ExportImageTask, Asset)? in
            var asset = Asset(
                .exportTask, task.id, region: region, tags: task.tags, of: pattern)
            asset?.state = task.status
            return asset.map { (task, $0) }
        }
        guard kinds.contains(.object) else { return found.map(\.1) }
        return try await ConcurrentMap.map(found) { task, asset in
            try await [asset] + strays(of: task, asset)
        }.flatMap { $0 }
    }

    private func strays(of task: ExportImageTask, _ asset: Asset) async throws -> [Asset] {
        guard let bucket = task.bucket else { return [] }
        let keys = Set(
            ImageFormat.allCases.map {
                ExactText(
                    ExportTask.key(folder: task.prefix ?? "", id: task.id, format: $0))
            })
        let objects: [S3Object]
        do {
            objects = try await aws.all(
                ListObjectsV2(bucket: bucket, prefix: "\(task.prefix ?? "")\(task.id)."),
                region: asset.region)
        } catch let problem as Diagnostic where problem.code == "aws.NoSuchBucket" {
            return []
        }
        return objects.filter { keys.contains($0.key) }.map { object in
            var stray = Asset.object(
                object, bucket: bucket, region: asset.region, assetId: asset.assetId,
                runId: asset.runId)
            stray.proof = .exportTask
            return stray
        }
    }

    private static func bytes(_ sizeGiB: Int64?) -> Int64? { sizeGiB.map { $0 << 30 } }
}

extension Asset {
    /// An object of an asset.
    static func object(
        _ object: S3Object, bucket: String, region: String, assetId: String, runId: String?
    ) -> Asset {
        var asset = Asset(
            kind: .object, id: "s3://\(bucket)/\(object.key)", region: region, assetId: assetId,
            runId: runId)
        asset.bucket = bucket
        asset.key = object.key
        asset.sizeBytes = object.sizeBytes
        asset.createdAt = object.lastModified
        return asset
    }
}
