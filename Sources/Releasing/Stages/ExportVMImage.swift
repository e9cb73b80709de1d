import AWS
package import BuildGraph
import Diagnostics
import FoundationEssentials
import Glibc
import JSON

/// Exports the image to one disk format under a key that says what it is.
package struct ExportVMImage: Stage {
    /// The exported object.
    package struct Outputs: Codable, Sendable, Equatable {
        package let bucket: String
        package let key: String
        package let bytes: Int64
        package let etag: String
        /// 64 hexadecimal digits; nil where the manifest asks for S3's own checksum.
        package let sha256: String?
        /// S3's CRC64NVME, base64; nil where the manifest asks for SHA-256.
        package let crc64nvme: String?
        package let url: String
        package let format: String
        package let region: String
        /// True where the command line alone asked for the format, which no manifest did.
        package var requested: Bool?
    }

    let format: ImageFormat
    let settings: ReleaseManifest.Export
    let assetId: AssetId
    let region: String
    let services: Services
    /// The manifest's own tags.
    var ownTags = OwnTags.none
    /// Whether the command line alone asks for it.
    var isRequested = false
    /// How an object is adopted that nothing records.
    var adoptCommand: ReleaseCommandLine?
    /// The size of the machine's volume.
    var volumeGiB = 0

    private static let deadlineSeconds = 6 * 3600.0

    package var name: StageName { StageName(rawValue: "export-\(format.fileExtension)") }
    package var group: String { "export" }
    package var revision: Int { 1 }
    package var upstream: [StageName] { ["ami"] }
    package var inputs: [StageInput] {
        settings.settings.map { .setting(pointer: $0.pointer, value: $0.value) }
    }

    private var aws: any AWSCaller { services.aws }
    private var keys: RevisedName {
        ResourceNames.exportKeys(prefix: settings.prefix, assetId: assetId.text, format: format)
    }
    private var folder: String {
        ResourceNames.exportFolder(prefix: settings.prefix, assetId: assetId.text)
    }

    package func preflight(_ context: StageContext) async throws {
        let target = try await ImageBucket.find(
            settings.bucket, region: region, services: services)
        try await target.checkRole(context, region: region, aws: aws)
    }

    package func run(_ context: StageContext) async throws -> Outputs {
        let image = try context.output(of: CreateAMI.self).imageId
        let target = try await ImageBucket.find(
            settings.bucket, region: region, services: services)
        let task = ExportTask(
            aws: aws, slots: services.exportSlots, region: region, assetId: assetId.text,
            format: format, imageId: image, bucket: target.bucket, role: target.role,
            folder: folder, ownTags: ownTags)
        if let done = try await settledBefore(task, in: target, context) {
            try await removeBIOSImages(context)
            return done
        }
        _ = try await EC2Images(aws: aws, region: region, time: context.time)
            .requireOwn(image, ofAsset: assetId.text)
        let written: String
        do {
            written = try await task.finish(context, deadlineSeconds: Self.deadlineSeconds)
        } catch let problem as Diagnostic
            where problem.code == "export.failed" || ExportRefusal.codes.contains(problem.code)
        {
            // No task is left that reads one.
            do {
                try await removeBIOSImages(context)
            } catch let other as Diagnostic {
                context.warn("an image that was made for the export stays: \(other.summary)")
            }
            throw problem
        }
        try await removeBIOSImages(context)
        let outputs = try await settle(written, in: target, context)
        _ = try await aws.call(
            DeleteObject(bucket: target.bucket, key: written), region: region)
        return outputs
    }

    package func verify(_ outputs: Outputs, _ context: StageContext) async throws -> Existence {
        try await ImageBucket.existence(
            bucket: outputs.bucket, key: outputs.key, etag: outputs.etag, bytes: outputs.bytes,
            region: region, aws: aws)
    }

    package func ownership(
        of outputs: Outputs, account: String, _ context: StageContext
    ) async throws -> Ownership {
        guard case .stack = settings.bucket else { return .open }
        // Only this account's stack names the bucket.
        let target = try await ImageBucket.find(
            settings.bucket, region: region, services: services)
        return target.bucket == outputs.bucket ? .own : .foreign("bucket \(outputs.bucket)")
    }

    package func adopt(id: String, _ context: StageContext) async throws -> Outputs {
        let target = try await ImageBucket.find(
            settings.bucket, region: region, services: services)
        let head: S3ObjectHead
        do {
            head = try await aws.call(HeadObject(bucket: target.bucket, key: id), region: region)
        } catch let error as Diagnostic where error.code == "aws.NoSuchKey" {
            throw error.wrapped(
                in: "there is no object `s3://\(target.bucket)/\(id)`",
                hint: "name the key of an exported image in that bucket")
        }
        return try await outputs(key: id, head: head, target, context)
    }

    package var alwaysDiffers: Bool { true }

    package func effects(_ facts: StageEffects.Facts) -> StageEffects {
        PublishedThings.effects(
            facts, creates: "a \(format.rawValue) image", of: name, region: region,
            lost: unrecordedObject.told(facts))
    }

    package func costUSD(seconds: Double?) -> Double? {
        services.isPriced ? PriceTable.listed.exportUSD(volumeGiB: volumeGiB) : 0
    }

    package func continued(_ entry: JournalEntry) -> String? {
        entry.kind == .exportTask ? entry.id.map { "export task \($0)" } : nil
    }

    package var findsUnrecorded: Bool { true }

    package func unrecorded(
        _ facts: StageEffects.Facts, _ context: StageContext
    ) async throws -> [StageEffects.Replacement] {
        // Only of what others tell is anything asked.
        guard !unrecordedObject.told(facts).isEmpty else { return [] }
        let target = try await ImageBucket.find(
            settings.bucket, region: region, services: services)
        return try await unrecordedObject.find(facts, in: target.bucket, aws: aws)
    }

    private var unrecordedObject: UnrecordedObject {
        UnrecordedObject(
            stage: name, region: region, assetId: assetId, keys: keys, command: adoptCommand)
    }

    package func identity(of outputs: Outputs) -> String { "\(outputs.bucket)/\(outputs.key)" }

    /// Takes away the images that this format was exported of in the release's place.
    private func removeBIOSImages(_ context: StageContext) async throws {
        try await LeftoverRemoval(services: services).removeUnfinished(
            context, of: .biosImage)
    }

    /// What an interrupted run had finished but for recording it: its object lies under a final
    /// key, with the run's own tag.
    private func settledBefore(
        _ task: ExportTask, in target: ImageBucket, _ context: StageContext
    ) async throws -> Outputs? {
        let uploads = await context.journal.unfinished(of: LeftoverKind.upload)
        for entry in await context.journal.unfinished(of: LeftoverKind.exportTask) {
            guard let id = entry.id, task.isSame(entry) else { continue }
            // Where the result was recorded, the journal may have ended the upload already.
            let recorded = try context.previous(Outputs.self)?.key
            let names = uploads.filter { $0.runId == entry.runId }.map(\.name) + [recorded]
            let known = Set((names.compactMap { $0 } + [keys.text(1)]).map(ExactText.init))
            for key in known.map(\.text).sorted()
            where keys.revision(of: key) != nil {
                guard
                    try await copy(in: target, context).isCopied(to: key, byRun: entry.runId)
                else { continue }
                let head = try await aws.call(
                    HeadObject(bucket: target.bucket, key: key), region: region)
                let outputs = try await outputs(key: key, head: head, target, context)
                // S3 takes the deletion of what is not there for done.
                _ = try await aws.call(
                    DeleteObject(bucket: target.bucket, key: task.key(of: id)), region: region)
                try await copy(in: target, context).endEarlierTries(context, keeping: key)
                try await context.journal.kept(entry.entry)
                return outputs
            }
        }
        return nil
    }

    /// Copies the task's object to the next free key; what lies under the last one stays.
    private func settle(
        _ source: String, in target: ImageBucket, _ context: StageContext
    ) async throws -> Outputs {
        let written = try await aws.call(
            HeadObject(bucket: target.bucket, key: source), region: region)
        let copy = copy(in: target, context)
        try await copy.endEarlierTries(context)
        let key = try await nextKey(in: target, context)
        let head = try await copy.copy(
            from: source, sourceETag: written.etag, sizeBytes: written.sizeBytes, to: key,
            context: context, onPart: { context.progress(100 * $0, "copying to \(key)") })
        return try await outputs(key: key, head: head, target, context)
    }

    /// The key behind those that lie in the bucket or that a result still names: caches may hold
    /// what was deleted.
    private func nextKey(in target: ImageBucket, _ context: StageContext) async throws -> String {
        let listed = try await aws.all(
            ListObjectsV2(bucket: target.bucket, prefix: keys.head), region: region
        ).map(\.key)
        let recorded = try await context.results.load(name)?.record?.everyOutput ?? []
        return keys.next(
            after: listed
                + recorded.filter { $0["bucket"]?.stringValue == target.bucket }
                .compactMap { $0["key"]?.stringValue })
    }

    private func copy(in target: ImageBucket, _ context: StageContext) -> ObjectCopy {
        ObjectCopy(
            aws: aws, region: region, bucket: target.bucket,
            tags: ResourceNames.tags(
                assetId: assetId.text, own: ownTags, runId: context.runId),
            wantsChecksum: settings.checksum == .s3)
    }

    private func outputs(
        key: String, head: S3ObjectHead, _ target: ImageBucket, _ context: StageContext
    ) async throws -> Outputs {
        var sha256: String?
        if settings.checksum == .sha256 {
            sha256 = try await context.localSlots.withSlot {
                try await ObjectReader(
                    aws: aws, region: region, bucket: target.bucket, key: key, etag: head.etag,
                    sizeBytes: head.sizeBytes
                ).sha256(onPercent: { context.progress(Double($0), "computing SHA-256") })
            }
        }
        return Outputs(
            bucket: target.bucket, key: key, bytes: head.sizeBytes, etag: head.etag,
            sha256: sha256,
            crc64nvme: settings.checksum == .s3 ? head.crc64nvme : nil,
            url: target.url(key: key, region: region), format: format.rawValue, region: region,
            requested: isRequested ? true : nil)
    }
}
