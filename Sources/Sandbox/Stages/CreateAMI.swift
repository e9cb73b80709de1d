import AWS
package import BuildGraph
import Diagnostics
import JSON

/// Makes the machine into an image.
package struct CreateAMI: Stage {
    /// The finished image.
    package struct Outputs: Codable, Sendable, Equatable {
        package let imageId: String
        package let snapshotIds: [String]
        package let name: String
        /// What is on it; nil for an image that was adopted or of a machine that nobody looked at.
        package var documents: InventoryDocuments?
    }

    let namePrefix: String
    let assetId: AssetId
    let region: String
    let aws: any AWSCaller
    /// What has to be done on the machine before.
    var after: [StageName] = ["check", "reset-password"]
    /// What the image is for that EC2 refuses for an encrypted one.
    var plainPurposes: [String] = []
    /// The manifest's own tags.
    var ownTags = OwnTags.none

    static let resource = "ec2:image"
    private static let documentsDetail = "documents"
    private static let deadlineSeconds = 7200.0

    package var name: StageName { "ami" }
    package var revision: Int { 1 }
    package var upstream: [StageName] { ["instance"] + after }
    package var inputs: [StageInput] {
        [.setting(pointer: "/ami/namePrefix", value: .string(namePrefix))]
    }

    private var imageName: String {
        ResourceNames.image(prefix: namePrefix, assetId: assetId.text)
    }
    private var images: EC2Images { EC2Images(aws: aws, region: region) }

    package func run(_ context: StageContext) async throws -> Outputs {
        if let (image, entry) = try await resumable(context) {
            context.progress(nil, "continuing with image \(image.id)")
            return try await finish(
                image.id, entry.entry, try await documents(of: entry, context), context)
        }
        let instanceId = try instanceId(context)
        try await removeUnfinished(context)
        try await removeReplaced(context)
        let documents = try context.outputs(of: CheckMachine.self).values.first?.documents
        let entry = try await context.journal.intend(
            resource: Self.resource, region: region, name: imageName,
            details: try documents.map {
                [Self.documentsDetail: try JSONValue.encoding($0).compactText]
            } ?? [:])
        let id = try await create(from: instanceId, context)
        try await context.journal.created(entry, id: id)
        return try await finish(id, entry, documents, context)
    }

    package func canResume(_ context: StageContext) async throws -> Bool {
        try await resumable(context) != nil
    }

    package func verify(_ outputs: Outputs, _ context: StageContext) async throws -> Existence {
        try await images.existence(of: outputs.imageId)
    }

    package func adopt(id: String, _ context: StageContext) async throws -> Outputs {
        Self.outputs(of: try await images.require(id), documents: nil)
    }

    package func identity(of outputs: Outputs) -> String { "\(region)/\(outputs.name)" }

    /// The machine that is started for the image, or that was there before.
    private func instanceId(_ context: StageContext) throws -> String {
        if let found = try context.outputs(of: FindInstance.self).values.first {
            return found.instanceId
        }
        return try context.output(of: LaunchInstance.self).instanceId
    }

    /// Removes the image that this release made before, since a name is unique in a region.
    ///
    /// One of another release, or of nobody, is never touched.
    private func removeReplaced(_ context: StageContext) async throws {
        guard let old = try await images.own(named: imageName) else { return }
        guard old.tags[ResourceNames.assetTag] == assetId.text else {
            throw Diagnostic(
                code: "ami.name-taken",
                summary: "image `\(old.id)` has the name `\(imageName)` "
                    + "and does not belong to release `\(assetId)`",
                hint: "choose another `/ami/namePrefix`, or remove that image: "
                    + "`aws ec2 deregister-image --region \(region) --image-id \(old.id)`")
        }
        context.progress(nil, "removing image \(old.id), which this one replaces")
        try await images.remove(old)
    }

    /// Removes what an interrupted run made of other inputs, or left half done.
    private func removeUnfinished(_ context: StageContext) async throws {
        for entry in await context.journal.unfinished(resource: Self.resource) {
            if let image = try await images.begun(entry) { try await images.remove(image) }
            try await context.journal.gone(entry.entry)
        }
    }

    /// An image that an interrupted run made of the very inputs that there are now.
    private func resumable(
        _ context: StageContext
    ) async throws -> (image: EC2Image, entry: JournalEntry)? {
        for entry in await context.journal.resumable(resource: Self.resource) {
            if let image = try await images.begun(entry),
                image.state == "pending" || image.state == "available"
            {
                return (image, entry)
            }
        }
        return nil
    }

    /// Makes the image, once however often an answer is lost.
    ///
    /// CreateImage takes no client token, but the name is unique: a second call is refused where
    /// the first was carried out.
    private func create(from instanceId: String, _ context: StageContext) async throws -> String {
        let tags = ResourceNames.tags(
            assetId: assetId.text, own: ownTags, runId: context.runId)
        return try await LostAnswer.creating(
            duplicateCode: "aws.InvalidAMIName.Duplicate", time: context.time,
            create: {
                try await aws.call(
                    CreateImage(
                        instanceId: instanceId, name: imageName,
                        description: "Data Science Sandbox \(assetId)", noReboot: false,
                        tags: tags),
                    region: region)
            },
            find: {
                let image = try await images.own(named: imageName)
                return image?.tags[ResourceNames.runTag] == context.runId ? image?.id : nil
            })
    }

    private func finish(
        _ id: String, _ entry: JournalEntryID, _ documents: InventoryDocuments?,
        _ context: StageContext
    ) async throws -> Outputs {
        let image = try await images.waitUntilAvailable(
            id, context: context, deadlineSeconds: Self.deadlineSeconds)
        try await EBSEncryption(aws: aws, region: region, purposes: plainPurposes)
            .require(plain: image, entry, context)
        try await context.journal.kept(entry)
        return Self.outputs(of: image, documents: documents)
    }

    /// What the interrupted run knew of the machine that it made an image of.
    private func documents(
        of entry: JournalEntry, _ context: StageContext
    ) async throws -> InventoryDocuments? {
        guard let text = entry.details[Self.documentsDetail] else { return nil }
        return try JSONValue.parse(Array(text.utf8), source: "journal").decoded(
            as: InventoryDocuments.self)
    }

    private static func outputs(
        of image: EC2Image, documents: InventoryDocuments?
    ) -> Outputs {
        Outputs(
            imageId: image.id, snapshotIds: image.snapshotIds, name: image.name ?? "",
            documents: documents)
    }
}
