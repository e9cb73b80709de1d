import AWS
package import BuildGraph
import Diagnostics
package import JSON

/// Puts the inventory and the SBOM of an image beside the exported images.
package struct UploadInventory: Stage {
    /// One uploaded file.
    package struct Object: Codable, Sendable, Equatable {
        package let key: String
        /// 64 hexadecimal digits.
        package let sha256: String
        package let bytes: Int64
        package let etag: String
        package let url: String
    }

    /// Where the files are.
    package struct Outputs: Codable, Sendable, Equatable {
        package let bucket: String
        package let region: String
        /// Nil, as the SBOM, where the image was adopted and nobody knows what is on it.
        package let inventory: Object?
        package let sbom: Object?
    }

    /// Whose documents they are.
    package enum Source: String, Sendable {
        case ami
        case dockerImage = "docker-image"
    }

    let source: Source
    /// What the documents lie beside: they keep their keys, and tell of what is there.
    package var follows: [StageName] = []
    let settings: ReleaseManifest.Export
    let assetId: AssetId
    let region: String
    let services: Services
    /// The manifest's own tags.
    var ownTags = OwnTags.none

    /// Of what keeps its key when it changes: caches ask whether it did.
    static let cacheControl = "no-cache"
    /// What S3 answers where an object is gone or another by now.
    private static let absences = ["aws.NoSuchKey", "aws.NoSuchBucket", "aws.PreconditionFailed"]
    private static let inventory = "inventory.json"
    private static let sbom = "cdx.json"

    package var name: StageName {
        switch source {
        case .ami: "export-inventory"
        case .dockerImage: "docker-inventory"
        }
    }
    package var group: String { source == .ami ? "export" : name.rawValue }
    package var revision: Int { 1 }
    package var upstream: [StageName] { [StageName(rawValue: source.rawValue)] }
    package var inputs: [StageInput] {
        settings.settings.filter { $0.pointer != "/export/checksum" }
            .map { .setting(pointer: $0.pointer, value: $0.value) }
    }

    private var aws: any AWSCaller { services.aws }

    package func documents(in outputs: JSONValue) -> [String: String] {
        let names = InventoryDocuments.names(of: StageName(rawValue: source.rawValue))
        var digests: [String: String] = [:]
        for (kind, file) in [("inventory", names.inventory), ("sbom", names.sbom)] {
            if let hash = outputs[kind]?["sha256"]?.stringValue { digests[file] = "sha256:\(hash)" }
        }
        return digests
    }

    package func preflight(_ context: StageContext) async throws {
        _ = try await ImageBucket.find(settings.bucket, region: region, services: services)
    }

    package func run(_ context: StageContext) async throws -> Outputs {
        let target = try await ImageBucket.find(
            settings.bucket, region: region, services: services)
        try await endEarlierTries(in: target, context)
        let recorded = try documents(context)
        if let recorded { try await bringBack(recorded, context) }
        guard let documents = recorded else {
            context.warn("nothing is known of what is on an image that was adopted")
            return Outputs(bucket: target.bucket, region: region, inventory: nil, sbom: nil)
        }
        return Outputs(
            bucket: target.bucket, region: region,
            inventory: try await upload(documents.inventory, Self.inventory, target, context),
            sbom: try await upload(documents.sbom, Self.sbom, target, context))
    }

    package func verify(_ outputs: Outputs, _ context: StageContext) async throws -> Existence {
        for object in [outputs.inventory, outputs.sbom].compactMap({ $0 }) {
            let existence = try await ImageBucket.existence(
                bucket: outputs.bucket, key: object.key, etag: object.etag, bytes: object.bytes,
                region: region, aws: aws)
            if existence != .exists { return existence }
        }
        return .exists
    }

    package func identity(of outputs: Outputs) -> String {
        "\(outputs.bucket)/\(outputs.sbom?.key ?? name.rawValue)"
    }

    /// Removes what interrupted runs wrote elsewhere; what lies where this run writes stays until
    /// it is overwritten, because people read it.
    private func endEarlierTries(
        in target: ImageBucket, _ context: StageContext
    ) async throws {
        for entry in await context.journal.unfinished(of: LeftoverKind.object)
        where entry.details["bucket"] == target.bucket
            && [Self.inventory, Self.sbom].contains(where: {
                ExactText(key($0)) == entry.name.map(ExactText.init)
            })
        {
            try await context.journal.gone(entry.entry)
        }
        try await LeftoverRemoval(services: services).removeUnfinished(context)
    }

    private func key(_ ending: String) -> String {
        let kind = source == .ami ? "" : "docker."
        return ResourceNames.exportFolder(prefix: settings.prefix, assetId: assetId.text)
            + "exasol-data-science-sandbox-\(assetId).\(kind)\(ending)"
    }

    private func documents(_ context: StageContext) throws -> InventoryDocuments? {
        switch source {
        case .ami: try context.output(of: CreateAMI.self).documents
        case .dockerImage: try context.output(of: BuildDockerImage.self).documents
        }
    }

    /// Fetches what was uploaded and is no longer beside the results.
    private func bringBack(
        _ documents: InventoryDocuments, _ context: StageContext
    ) async throws {
        guard let uploaded = try context.previous(Outputs.self) else { return }
        for (document, object) in [
            (documents.inventory, uploaded.inventory), (documents.sbom, uploaded.sbom),
        ] {
            guard let object, document.sha256 == "sha256:\(object.sha256)",
                try await context.results.readFile(document.file).map({ Digest.of($0) })
                    != document.sha256
            else { continue }
            let bytes: [UInt8]
            do {
                bytes = try await aws.call(
                    GetObject(
                        bucket: uploaded.bucket, key: object.key, ifMatch: object.etag,
                        longestSeconds: 300),
                    region: uploaded.region
                ).body
            } catch let problem as Diagnostic where Self.absences.contains(problem.code) {
                context.warn("\(document.file) is not in the bucket either: \(problem.summary)")
                continue
            }
            // Whatever answered: only what was recorded is written.
            guard Digest.of(bytes) == document.sha256 else { continue }
            try await context.results.writeFile(document.file, bytes)
            context.progress(nil, "brought \(document.file) back from the bucket")
        }
    }

    private func isRecorded(
        _ key: String, in bucket: String, _ context: StageContext
    ) async throws -> Bool {
        let outputs = try await context.results.load(name)?.record?.everyOutput ?? []
        return outputs.contains { known in
            known["bucket"]?.stringValue == bucket
                && ["inventory", "sbom"].contains {
                    known[$0]?["key"]?.stringValue.map(ExactText.init) == ExactText(key)
                }
        }
    }

    private func upload(
        _ document: InventoryDocuments.Document, _ ending: String, _ target: ImageBucket,
        _ context: StageContext
    ) async throws -> Object {
        let key = key(ending)
        let bytes = try await document.read(context)
        var details = ["bucket": target.bucket]
        details[LeftoverRemoval.replacesDetail] =
            try await isRecorded(key, in: target.bucket, context) ? "true" : nil
        let entry = try await context.journal.intend(
            LeftoverKind.object, region: region, name: key, details: details)
        let etag = try await aws.call(
            PutObject(
                bucket: target.bucket, key: key, bytes: bytes,
                contentType: "application/json", cacheControl: Self.cacheControl,
                tags: ResourceNames.tags(
                    assetId: assetId.text, own: ownTags, runId: context.runId),
                longestSeconds: 300),
            region: region)
        try await context.journal.kept(entry)
        return Object(
            key: key, sha256: String(document.sha256.dropFirst("sha256:".count)),
            bytes: document.bytes, etag: etag, url: target.url(key: key, region: region))
    }
}
