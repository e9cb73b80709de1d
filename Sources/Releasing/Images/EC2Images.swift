import AWS
import BuildGraph
import Diagnostics

/// What several stages ask about images in one region; disabled ones are there too.
struct EC2Images {
    let aws: any AWSCaller
    let region: String
    let time: any TimeSource

    /// The image of that id; nil where there is none.
    func find(_ id: String) async throws -> EC2Image? {
        do {
            return try await aws.all(
                DescribeImages(imageIds: [id], includesDisabled: true), region: region
            ).first
        } catch let error as Diagnostic where error.code.hasPrefix("aws.InvalidAMIID") {
            return nil
        }
    }

    /// The image of that id.
    ///
    /// - Throws: `ami.not-found`.
    func require(_ id: String) async throws -> EC2Image {
        guard let image = try await find(id) else {
            throw Diagnostic(
                code: "ami.not-found", summary: "no image `\(id)` in region `\(region)`",
                hint: "check the id and the region, and that the image is shared with this account")
        }
        return image
    }

    /// Whether an image is there and usable.
    func existence(of id: String) async throws -> Existence {
        guard let image = try await find(id), image.state == "available" else {
            return .missing("image \(id)")
        }
        return .exists
    }

    /// This account's own image of that id; nil where there is none.
    func own(_ id: String) async throws -> EC2Image? {
        do {
            return try await aws.all(
                DescribeImages(owners: ["self"], imageIds: [id], includesDisabled: true),
                region: region
            ).first
        } catch let error as Diagnostic where error.code.hasPrefix("aws.InvalidAMIID") {
            return nil
        }
    }

    /// Whose an image is that is there.
    ///
    /// An image that was adopted may lack the asset's tag, and proves nothing then.
    func ownership(of id: String, account: String, asset: AssetId) async throws -> Ownership {
        guard let image = try await find(id) else { return .open }
        if let owner = image.ownerId, owner != account {
            return .foreign("image \(id), which is of account \(owner)")
        }
        return image.tags[ResourceNames.assetTag] == asset.text ? .own : .open
    }

    /// This account's image of that name; nil where there is none.
    func own(named name: String) async throws -> EC2Image? {
        try await aws.all(
            DescribeImages(
                owners: ["self"], filters: [EC2Filter("name", name)], includesDisabled: true),
            region: region
        ).first
    }

    /// This account's image of that name that a run made; nil where there is none.
    func own(named name: String, ofRun runId: String) async throws -> EC2Image? {
        let image = try await own(named: name)
        return image?.tags[ResourceNames.runTag] == runId ? image : nil
    }

    /// This account's images whose names begin so.
    ///
    /// - Parameter head: without `*` and `?`, which no image's name has.
    func own(namedLike head: String) async throws -> [EC2Image] {
        try await aws.all(
            DescribeImages(
                owners: ["self"], filters: [EC2Filter("name", head + "*")], includesDisabled: true),
            region: region)
    }

    /// The image that the run of a leftover made, and no other of the same name.
    ///
    /// By id where it was learnt, else by name; the tags tell whose it is. One that may have been
    /// made a moment ago is looked for several times.
    func begun(_ leftover: Leftover) async throws -> EC2Image? {
        try await PatientLook(time: time).find(bornAt: leftover.bornAt) {
            let image = try await ownImage(of: leftover)
            return image.flatMap {
                LeftoverClaim(leftover: leftover).objection(to: $0.tags) == nil ? $0 : nil
            }
        }
    }

    /// This account's image that a leftover names, whoever made it; nil where there is none.
    func named(by leftover: Leftover) async throws -> EC2Image? {
        try await PatientLook(time: time).find(bornAt: leftover.bornAt) {
            try await ownImage(of: leftover)
        }
    }

    private func ownImage(of leftover: Leftover) async throws -> EC2Image? {
        if let id = leftover.id { return try await own(id) }
        return if let name = leftover.name { try await own(named: name) } else { nil }
    }

    /// Waits until an image can be used.
    ///
    /// - Throws: `ami.failed` with EC2's reason, `aws.wait-timeout`.
    func waitUntilAvailable(
        _ id: String, context: StageContext, deadlineSeconds: Double
    ) async throws -> EC2Image {
        let schedule = WaiterSchedule(
            firstDelaySeconds: 0.5, expectedSeconds: context.previousSeconds,
            deadlineSeconds: deadlineSeconds)
        return try await Waiter.wait(
            "image `\(id)`", schedule: schedule, time: context.time, onProgress: context.progress
        ) {
            // A new image is not visible everywhere at once.
            let seen = try await PatientLook(time: context.time).find { try await find(id) }
            guard let image = seen else {
                return .pending(percent: nil, message: "image \(id): not visible yet")
            }
            switch image.state {
            case "available": return .done(image)
            case "pending": return .pending(percent: nil, message: "image \(id): pending")
            default:
                return .failed(
                    Diagnostic(
                        code: "ami.failed", summary: "image `\(id)` is `\(image.state)`",
                        causes: image.stateReason.map { [$0] } ?? [],
                        hint: "run the same command again; the failed image is removed first"))
            }
        }
    }

    /// Deregisters an image that was just found; what is gone already is no error.
    func deregister(_ image: EC2Image) async throws {
        try await CautiousDeletion.delete(
            found: {
                try await find(image.id).map { $0.state != "deregistered" } ?? false
            },
            by: {
                _ = try await aws.call(DeregisterImage(imageId: image.id), region: region)
            })
    }

    /// Deregisters an image that was just found and deletes its snapshots; what is gone already
    /// is no error.
    func remove(_ image: EC2Image) async throws {
        try await deregister(image)
        for snapshot in image.snapshotIds {
            try await CautiousDeletion.delete(
                ifThere: {
                    try await hasSnapshot(snapshot)
                }, bornAt: image.creationDate.flatMap(Timestamp.date), time: time,
                by: {
                    _ = try await aws.call(DeleteSnapshot(snapshotId: snapshot), region: region)
                })
        }
    }

    private func hasSnapshot(_ id: String) async throws -> Bool {
        try await !aws.all(
            DescribeSnapshots(owners: ["self"], filters: [EC2Filter("snapshot-id", id)]),
            region: region
        ).isEmpty
    }
}
