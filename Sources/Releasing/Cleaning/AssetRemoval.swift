import AWS
import Diagnostics
import DockerEngine

/// Removes one asset that its tag names, looking at the tag once more right before, and waits
/// until it is gone.
struct AssetRemoval: Sendable {
    let services: Services

    private static let deadlineSeconds = 180.0
    private static let machineDeadlineSeconds = 900.0
    /// What passes by itself: the thing that still holds on to this one is going.
    private static let passing: Set<String> = [
        "aws.DependencyViolation", "aws.InvalidSnapshot.InUse", "aws.VolumeInUse",
        "aws.IncorrectState", "aws.IncorrectInstanceState",
    ]

    private var aws: any AWSCaller { services.aws }

    /// Removes it; what is gone already is no error.
    ///
    /// - Throws: `clean.not-its-asset` where its tag has changed, `aws.wait-timeout`, and what the
    ///   removing call answered.
    func remove(
        _ asset: Asset, onProgress: @escaping @Sendable (Double?, String) -> Void
    ) async throws {
        switch asset.kind {
        case .stack: try await removeStack(asset, onProgress)
        case .object: try await removeObject(asset)
        case .container, .dockerImage: try await removeFromEngine(asset)
        case .instance:
            try await removeFromEC2(
                asset, deadlineSeconds: Self.machineDeadlineSeconds, onProgress)
        case .keyPair, .exportTask, .ami, .snapshot, .volume, .securityGroup:
            try await removeFromEC2(asset, deadlineSeconds: Self.deadlineSeconds, onProgress)
        // Only the journal proves whose these are, and they go by its entries.
        case .upload, .folder, .unknown:
            throw Diagnostic(
                code: "clean.not-ours",
                summary: "no entry of a journal proves whose "
                    + "`\(asset.label)` is: left",
                hint: "look who made it, and remove it by hand")
        }
    }

    private func removeStack(
        _ asset: Asset, _ onProgress: @escaping @Sendable (Double?, String) -> Void
    ) async throws {
        let stacks = StackDeployment(aws: aws, region: asset.region, time: services.time)
        guard let stack = try await stacks.find(asset.id) else { return }
        if stack.status == "DELETE_COMPLETE" { return }
        try check(stack.tags, of: asset)
        try await stacks.delete(stack.id, onProgress: onProgress)
    }

    /// A deletion that S3 has answered is done.
    private func removeObject(_ asset: Asset) async throws {
        guard let bucket = asset.bucket, let key = asset.key,
            let tags = try await ObjectSearch.tags(
                aws, bucket: bucket, key: key, region: asset.region)
        else { return }
        // What an export task wrote has no tag, and must not have got anybody else's.
        if asset.proof == .tag || tags[ResourceNames.assetTag] != nil {
            try check(tags, of: asset)
        }
        _ = try await aws.call(DeleteObject(bucket: bucket, key: key), region: asset.region)
    }

    private func removeFromEngine(_ asset: Asset) async throws {
        let labels =
            asset.kind == .container
            ? try await services.engine.inspectContainer(asset.id)?.labels
            : try await services.engine.inspectImage(asset.id)?.labels
        guard let labels else { return }
        try check(labels.map { AWSTag($0.key, $0.value) }, of: asset)
        if asset.kind == .container {
            try await services.engine.removeContainer(asset.id)
        } else {
            for name in try await services.engine.inspectImage(asset.id)?.tags ?? [] {
                try await services.engine.removeImage(name)
            }
            try await services.engine.removeImage(asset.id)
        }
    }

    private func removeFromEC2(
        _ asset: Asset, deadlineSeconds: Double,
        _ onProgress: @escaping @Sendable (Double?, String) -> Void
    ) async throws {
        let resource = EC2Resource(aws: aws, asset: asset)
        let schedule = WaiterSchedule(firstDelaySeconds: 0, deadlineSeconds: deadlineSeconds)
        var isAsked = false
        try await Waiter.wait(
            "the removal of `\(asset.id)`", schedule: schedule, time: services.time,
            onProgress: onProgress
        ) {
            guard let tags = try await resource.tags() else { return .done(()) }
            if isAsked { return .pending(percent: nil, message: "\(asset.id): going") }
            try check(tags, of: asset)
            do {
                try await resource.delete()
            } catch let problem as Diagnostic where Self.passing.contains(problem.code) {
                return .pending(
                    percent: nil,
                    message: "\(asset.id): something still uses it (\(problem.code))")
            }
            isAsked = true
            // Most of it is gone at once, and nobody has to wait for a second look.
            guard try await resource.tags() != nil else { return .done(()) }
            return .pending(percent: nil, message: "\(asset.id): going")
        }
    }

    private func check(_ tags: [AWSTag], of asset: Asset) throws {
        let now = tags[ResourceNames.assetTag]
        guard now == asset.assetId else {
            throw Diagnostic(
                code: "clean.not-its-asset",
                summary: "`\(asset.label)` carried the asset id `\(asset.assetId)` and now has "
                    + (now.map { "`\($0)`" } ?? "none"),
                hint: "look who changed its tag; nothing without the tag is removed")
        }
    }
}
