import AWS
import BuildGraph
import Diagnostics

/// An image of a release registered once more, to boot by BIOS alone, for one export.
///
/// EC2 documents that it exports no image that boots by BIOS and UEFI both. A BIOS image shares
/// the released image's snapshots: it is deregistered after the export, and they stay.
///
/// Source: <https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ami-boot-mode.html>
struct BIOSImage: Sendable {
    let aws: any AWSCaller
    let region: String
    let assetId: String
    let ownTags: OwnTags
    /// The image of the release.
    let sourceId: String

    /// The detail of a journal's entry that names the image of the release.
    static let sourceDetail = "sourceImageId"
    private static let bootMode = "legacy-bios"
    private static let deadlineSeconds = 600.0

    /// The BIOS image that an interrupted run of the stage made, or a new one.
    ///
    /// - Returns: the id of an image that can be exported.
    /// - Throws: `ami.failed`, `aws.*`.
    func made(_ context: StageContext) async throws -> String {
        let images = EC2Images(aws: aws, region: region, time: context.time)
        for entry in await context.journal.unfinished(of: LeftoverKind.biosImage)
        where entry.details[Self.sourceDetail] == sourceId {
            guard let image = try await images.begun(Leftover(entry)), image.state == "available"
            else { continue }
            if entry.id == nil { try await context.journal.created(entry.entry, id: image.id) }
            return image.id
        }
        let source = try await images.require(sourceId)
        let name = ResourceNames.biosImage(of: sourceId, suffix: ResourceNames.randomSuffix())
        let entry = try await context.journal.intend(
            LeftoverKind.biosImage, region: region, name: name,
            details: [Self.sourceDetail: sourceId])
        let id = try await register(source, named: name, images, context)
        try await context.journal.created(entry, id: id)
        return try await images.waitUntilAvailable(
            id, context: context, deadlineSeconds: Self.deadlineSeconds
        ).id
    }

    /// Registers it, once however often an answer is lost.
    private func register(
        _ source: EC2Image, named name: String, _ images: EC2Images, _ context: StageContext
    ) async throws -> String {
        let tags = ResourceNames.tags(assetId: assetId, own: ownTags, runId: context.runId)
        let call = RegisterImage(
            name: name, description: "\(source.id) to be exported",
            architecture: source.architecture, rootDeviceName: source.rootDeviceName,
            volumes: source.volumes, bootMode: Self.bootMode,
            tags: tags + [AWSTag(ResourceNames.exportOfTag, source.id)])
        return try await LostAnswer.creating(
            duplicateCode: ImageNames.duplicateCode, time: context.time,
            create: { try await aws.call(call, region: region) },
            find: { try await images.own(named: name, ofRun: context.runId)?.id })
    }

    /// Deregisters one that a run left, and spares the snapshots.
    static func remove(
        _ leftover: Leftover, aws: any AWSCaller, time: any TimeSource
    ) async throws -> LeftoverOutcome {
        let images = EC2Images(aws: aws, region: leftover.region, time: time)
        guard let image = try await images.named(by: leftover) else { return .gone }
        if let reason = LeftoverClaim(leftover: leftover).objection(to: image.tags) {
            return .notOurs(because: reason)
        }
        guard image.tags[ResourceNames.exportOfTag] != nil else {
            return .notOurs(because: "it does not carry the tag `\(ResourceNames.exportOfTag)`")
        }
        try await images.deregister(image)
        return .gone
    }
}
