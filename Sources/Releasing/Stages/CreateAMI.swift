import AWS
package import BuildGraph
import Diagnostics
package import JSON

/// Makes the machine into an image.
package struct CreateAMI: ImageStage {
    /// The finished image.
    package struct Outputs: Codable, Sendable, Equatable, ImageOutputs {
        package let imageId: String
        package let snapshotIds: [String]
        package let name: String
        /// What is on it; nil for an image of a machine that nobody looked at, and for one that was
        /// adopted unless the release's document tells.
        package var documents: InventoryDocuments?
        /// `LaunchInstance.origin` of an image for trying, whose machine may hold what its
        /// playbook does not make any more; else nil.
        package var origin: String?
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
    /// How an image is adopted that nothing records.
    var adoptCommand: ReleaseCommandLine?

    private static let documentsDetail = "documents"
    static let creates = "an image"
    private static let deadlineSeconds = 7200.0

    package var name: StageName { "ami" }
    package var revision: Int { 1 }
    package var upstream: [StageName] { ["instance"] + after }
    package var inputs: [StageInput] {
        [.setting(pointer: "/ami/namePrefix", value: .string(namePrefix))]
    }

    package func documents(in outputs: JSONValue) -> [String: String] {
        InventoryDocuments.digests(in: outputs)
    }

    package func origin(of outputs: Outputs) -> String? { outputs.origin }

    package func run(_ context: StageContext) async throws -> Outputs {
        if let (image, entry) = try await resumable(context) {
            context.progress(nil, "continuing with image \(image.id)")
            return try await finish(
                image.id, entry.entry, try await documents(of: entry, context), context)
        }
        let (instanceId, origin) = try machine(context)
        try await images(context).removeUnfinished(context)
        let documents = try context.outputs(of: CheckMachine.self).values.first?.documents
        let (id, entry) = try await create(from: instanceId, origin, documents, context)
        return try await finish(id, entry, documents, context)
    }

    package func canResume(_ context: StageContext) async throws -> Bool {
        try await resumable(context) != nil
    }

    package func adopt(id: String, _ context: StageContext) async throws -> Outputs {
        let image = try await images(context).adopt(id, forAsset: assetId.text, own: ownTags)
        return Self.outputs(
            of: image,
            documents: try await .told(of: image.id, in: region, context))
    }

    /// The machine that is started for the image, or that was there before, and where it comes
    /// from.
    private func machine(_ context: StageContext) throws -> (id: String, origin: String?) {
        if let found = try context.outputs(of: FindInstance.self).values.first {
            return (found.instanceId, nil)
        }
        let launched = try context.output(of: LaunchInstance.self)
        return (launched.instanceId, launched.origin)
    }

    /// An image that an interrupted run made of the very inputs that there are now.
    private func resumable(
        _ context: StageContext
    ) async throws -> (image: EC2Image, entry: JournalEntry)? {
        for entry in await context.journal.resumable(of: LeftoverKind.image) {
            if let image = try await images(context).begun(Leftover(entry)),
                image.state == "pending" || image.state == "available"
            {
                return (image, entry)
            }
        }
        return nil
    }

    /// Makes the image under the next free name; what had the last one stays as it is.
    private func create(
        from instanceId: String, _ origin: String?, _ documents: InventoryDocuments?,
        _ context: StageContext
    ) async throws -> (id: String, entry: JournalEntryID) {
        let details = try documents.map {
            [Self.documentsDetail: try JSONValue.encoding($0).compactText]
        }
        let images = images(context)
        var names = try await ImageNames.read(
            ResourceNames.images(prefix: namePrefix, assetId: assetId.text),
            assetId: assetId.text, images: images)
        return try await images.naming(&names, context, details: details ?? [:]) { name, _ in
            try await create(from: instanceId, origin, named: name, context)
        }
    }

    /// Makes the image, once however often an answer is lost.
    ///
    /// CreateImage takes no client token, but the name is unique: a second call is refused where
    /// the first was carried out.
    private func create(
        from instanceId: String, _ origin: String?, named name: String, _ context: StageContext
    ) async throws -> String {
        let tags =
            ResourceNames.tags(assetId: assetId.text, own: ownTags, runId: context.runId)
            + (origin.map { [AWSTag(ResourceNames.originTag, $0)] } ?? [])
        do {
            return try await LostAnswer.creating(
                duplicateCode: ImageNames.duplicateCode, time: context.time,
                create: {
                    try await aws.call(
                        CreateImage(
                            instanceId: instanceId, name: name,
                            description: "Data Science Sandbox \(assetId)", noReboot: false,
                            tags: tags),
                        region: region)
                },
                find: { try await images(context).own(named: name, ofRun: context.runId)?.id })
        } catch let problem as Diagnostic {
            throw await MachineFate(aws: aws, region: region)
                .explaining(problem, instanceId: instanceId)
        }
    }

    private func finish(
        _ id: String, _ entry: JournalEntryID, _ documents: InventoryDocuments?,
        _ context: StageContext
    ) async throws -> Outputs {
        let image = try await images(context).waitUntilAvailable(
            id, context: context, deadlineSeconds: Self.deadlineSeconds)
        try await EBSEncryption(aws: aws, region: region, purposes: plainPurposes)
            .require(plain: image, entry, context)
        try await context.journal.kept(entry)
        // Where a name was refused, this run's image may have come to be under it after all.
        try await images(context).removeUnfinished(context)
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
            documents: documents, origin: image.tags[ResourceNames.originTag])
    }
}
