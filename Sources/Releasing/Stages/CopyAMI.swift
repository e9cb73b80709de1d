import AWS
package import BuildGraph
import Diagnostics
import FoundationEssentials
import Glibc
import JSON

/// Copies the image to one more region.
package struct CopyAMI: ImageStage {
    /// The copy.
    package struct Outputs: Codable, Sendable, Equatable, ImageOutputs {
        package let imageId: String
        package let region: String
        package let snapshotIds: [String]
        package let name: String
    }

    let namePrefix: String
    let assetId: AssetId
    let sourceRegion: String
    let region: String
    let aws: any AWSCaller
    /// What the copy is for that EC2 refuses for an encrypted one.
    var plainPurposes: [String] = []
    /// The manifest's own tags.
    var ownTags = OwnTags.none
    /// How an image is adopted that nothing records.
    var adoptCommand: ReleaseCommandLine?
    /// The size of the machine's volume; nil on the local cloud, which costs nothing.
    var pricedGiB: Int?

    static let creates = "a copy of the image"
    private static let deadlineSeconds = 7200.0

    package var name: StageName { StageName(rawValue: "ami-copy-\(region)") }
    package var group: String { "ami-copy" }
    package var revision: Int { 1 }
    package var upstream: [StageName] { ["ami"] }
    package var inputs: [StageInput] {
        [.setting(pointer: "/region", value: .string(sourceRegion))]
    }

    private var encryption: EBSEncryption {
        EBSEncryption(aws: aws, region: region, purposes: plainPurposes)
    }
    package func preflight(_ context: StageContext) async throws {
        try await encryption.checkSetting(context)
    }

    package func costUSD(seconds: Double?) -> Double? {
        guard let pricedGiB else { return 0 }
        return PriceTable.listed.copyUSD(from: sourceRegion, volumeGiB: pricedGiB)
    }

    package func run(_ context: StageContext) async throws -> Outputs {
        let source = try context.output(of: CreateAMI.self)
        if let outputs = try await resumed(source: source, context) { return outputs }
        _ = try await EC2Images(aws: aws, region: sourceRegion, time: context.time)
            .requireOwn(source.imageId, ofAsset: assetId.text)
        let (id, entry) = try await copy(source, context)
        return try await finish(id, entry, context)
    }

    package func adopt(id: String, _ context: StageContext) async throws -> Outputs {
        outputs(of: try await images(context).adopt(id, forAsset: assetId.text, own: ownTags))
    }

    /// Copies under the source's name, or where that is taken under the next free revision.
    private func copy(
        _ source: CreateAMI.Outputs, _ context: StageContext
    ) async throws -> (id: String, entry: JournalEntryID) {
        let released = ResourceNames.images(prefix: namePrefix, assetId: assetId.text)
        // An adopted image may have any name.
        let name =
            released.revision(of: source.name) == nil
            ? RevisedName(stem: source.name, limitBytes: RevisedName.imageLimitBytes) : released
        var names = try await ImageNames.read(name, assetId: assetId.text, images: images(context))
        return try await images(context).naming(
            &names, context, wanted: source.name, token: { UUID().uuidString.lowercased() },
            details: ["sourceImageId": source.imageId]
        ) { name, token in
            let call = CopyImage(
                sourceImageId: source.imageId, sourceRegion: sourceRegion, name: name,
                clientToken: token ?? "", description: "Data Science Sandbox \(assetId)",
                tags: ResourceNames.tags(
                    assetId: assetId.text, own: ownTags, runId: context.runId))
            return try await LostAnswer.creating(
                duplicateCode: ImageNames.duplicateCode, time: context.time,
                create: { try await aws.call(call, region: region) },
                find: { try await images(context).own(named: name, ofRun: context.runId)?.id })
        }
    }

    /// Finishes a copy of the same image that an interrupted run began, and removes any other.
    private func resumed(
        source: CreateAMI.Outputs, _ context: StageContext
    ) async throws -> Outputs? {
        for entry in await context.journal.unfinished(of: LeftoverKind.image)
        where entry.details["sourceImageId"] == source.imageId {
            if let image = try await images(context).begun(Leftover(entry)),
                image.state == "pending" || image.state == "available"
            {
                return try await finish(image.id, entry.entry, context)
            }
        }
        try await images(context).removeUnfinished(context)
        return nil
    }

    private func finish(
        _ id: String, _ entry: JournalEntryID, _ context: StageContext
    ) async throws -> Outputs {
        let image = try await images(context).waitUntilAvailable(
            id, context: context, deadlineSeconds: Self.deadlineSeconds)
        try await encryption.require(plain: image, entry, context)
        try await context.journal.kept(entry)
        // Where a name was refused, this run's copy may have come to be under it after all.
        try await images(context).removeUnfinished(context)
        return outputs(of: image)
    }

    private func outputs(of image: EC2Image) -> Outputs {
        Outputs(
            imageId: image.id, region: region, snapshotIds: image.snapshotIds,
            name: image.name ?? "")
    }
}
