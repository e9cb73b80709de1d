import AWS
package import BuildGraph
import Diagnostics
import Foundation
import JSON

/// Copies the image to one more region.
package struct CopyAMI: Stage {
    /// The copy.
    package struct Outputs: Codable, Sendable, Equatable {
        package let imageId: String
        package let region: String
        package let snapshotIds: [String]
        package let name: String
    }

    let assetId: AssetId
    let sourceRegion: String
    let region: String
    let aws: any AWSCaller
    /// What the copy is for that EC2 refuses for an encrypted one.
    var plainPurposes: [String] = []
    /// The manifest's own tags.
    var ownTags = OwnTags.none

    static let resource = "ec2:image"
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
    private var images: EC2Images { EC2Images(aws: aws, region: region) }

    package func preflight(_ context: StageContext) async throws {
        try await encryption.checkSetting(context)
    }

    package func run(_ context: StageContext) async throws -> Outputs {
        let source = try context.output(of: CreateAMI.self)
        if let outputs = try await resumed(source: source, context) { return outputs }
        if let old = try await images.own(named: source.name) {
            guard old.tags[ResourceNames.assetTag] == assetId.text else {
                throw Diagnostic(
                    code: "ami.name-taken",
                    summary: "image `\(old.id)` in `\(region)` has the name `\(source.name)` "
                        + "and does not belong to release `\(assetId)`",
                    hint: "choose another `/ami/namePrefix`, or remove that image")
            }
            try await images.remove(old)
        }
        let token = UUID().uuidString.lowercased()
        let entry = try await context.journal.intend(
            resource: Self.resource, region: region, name: source.name, token: token,
            details: ["sourceImageId": source.imageId])
        let id = try await copy(source, token: token, context)
        try await context.journal.created(entry, id: id)
        return try await finish(id, entry, context)
    }

    package func verify(_ outputs: Outputs, _ context: StageContext) async throws -> Existence {
        try await images.existence(of: outputs.imageId)
    }

    package func adopt(id: String, _ context: StageContext) async throws -> Outputs {
        outputs(of: try await images.require(id))
    }

    package func identity(of outputs: Outputs) -> String { "\(region)/\(outputs.name)" }

    private func copy(
        _ source: CreateAMI.Outputs, token: String, _ context: StageContext
    ) async throws -> String {
        try await aws.call(
            CopyImage(
                sourceImageId: source.imageId, sourceRegion: sourceRegion, name: source.name,
                clientToken: token, description: "Data Science Sandbox \(assetId)",
                tags: ResourceNames.tags(
                    assetId: assetId.text, own: ownTags, runId: context.runId)),
            region: region)
    }

    /// Finishes a copy of the same image that an interrupted run began, and removes any other.
    private func resumed(
        source: CreateAMI.Outputs, _ context: StageContext
    ) async throws -> Outputs? {
        for entry in await context.journal.unfinished(resource: Self.resource) {
            if let image = try await images.begun(entry) {
                let isSame = entry.details["sourceImageId"] == source.imageId
                if isSame && (image.state == "pending" || image.state == "available") {
                    return try await finish(image.id, entry.entry, context)
                }
                try await images.remove(image)
            }
            try await context.journal.gone(entry.entry)
        }
        return nil
    }

    private func finish(
        _ id: String, _ entry: JournalEntryID, _ context: StageContext
    ) async throws -> Outputs {
        let image = try await images.waitUntilAvailable(
            id, context: context, deadlineSeconds: Self.deadlineSeconds)
        try await encryption.require(plain: image, entry, context)
        try await context.journal.kept(entry)
        return outputs(of: image)
    }

    private func outputs(of image: EC2Image) -> Outputs {
        Outputs(
            imageId: image.id, region: region, snapshotIds: image.snapshotIds,
            name: image.name ?? "")
    }
}
