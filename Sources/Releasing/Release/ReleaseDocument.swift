import Diagnostics
import FoundationEssentials
import JSON
import OrderedCollections
import QEMU

/// The whole release in one value: what `release.json` and `artifacts.md` show.
struct ReleaseDocument: Sendable {
    let assetId: String
    let region: String
    let versions: OrderedDictionary<String, String>
    let source: SourceAMI.Outputs
    /// Image id by region.
    let images: [String: String]
    let isPublic: Bool
    /// What the image was made of where that is no fresh machine; else nil.
    var origin: String?
    /// The image's name, the same in every region.
    let name: String
    let exports: [ExportVMImage.Outputs]
    let verifications: [VerifyImage.Outputs]
    /// Where the inventory and the SBOM of the AMI are; nil where nothing is exported.
    let documents: UploadInventory.Outputs?
    /// The Docker image; nil where none is made.
    let docker: DockerRelease?
    /// Seconds by stage.
    let timings: [String: Double]
    /// When the first of its stages began.
    let startedAt: Date
    let createdAt: Date

    /// `release.json`, schema `dssbatch.release/1`.
    var json: JSONValue {
        [
            "schema": "dssbatch.release/1",
            "assetId": .string(assetId),
            "region": .string(region),
            "startedAt": .string(Timestamp.text(startedAt)),
            "createdAt": .string(Timestamp.text(createdAt)),
            "seconds": .number(seconds),
            "versions": Self.object(versions.map { ($0.key, .string($0.value)) }),
            "sourceAmi": [
                "imageId": .string(source.imageId), "name": .string(source.name),
                "creationDate": .string(source.creationDate),
            ],
            "ami": ami,
            "images": .array(exports.map(image)),
            "inventory": Self.inventory(documents),
            "docker": docker?.json ?? nil,
            "timings": Self.object(
                timings.sorted { $0.key < $1.key }.map { ($0.key, .number($0.value)) }),
        ]
    }

    private var ami: JSONValue {
        var members: [(String, JSONValue)] = [
            ("name", .string(name)), ("public", .bool(isPublic)),
        ]
        if let origin { members.append(("origin", .string(origin))) }
        members.append(
            ("regions", Self.object(sortedImages.map { ($0.region, .string($0.id)) })))
        return Self.object(members)
    }

    /// The text of `artifacts.md`.
    var markdown: String {
        var lines = ["# Data Science Sandbox \(assetId)", ""]
        lines += ["| Region | AMI |", "|---|---|"]
        lines += sortedImages.map { "| \($0.region) | `\($0.id)` |" }
        if !exports.isEmpty {
            lines += ["", "| Image | Size | SHA-256 |", "|---|---|---|"]
            lines += exports.map { image in
                "| [\(image.format)](\(image.url)) | \(ByteCount.text(image.bytes)) "
                    + "| \(image.sha256.map { "`\($0)`" } ?? "–") |"
            }
        }
        if let documents, let inventory = documents.inventory, let sbom = documents.sbom {
            lines += [
                "",
                "What is on them: [inventory](\(inventory.url)), "
                    + "[SBOM (CycloneDX)](\(sbom.url)).",
            ]
        }
        if let docker { lines += docker.markdown }
        lines += ["", "| Component | Version |", "|---|---|"]
        lines += versions.map {
            "| \(ShownText.markdown($0.key)) | \(ShownText.markdown($0.value)) |"
        }
        lines += ["", "Base image: `\(source.imageId)` (\(ShownText.markdown(source.name))).", ""]
        return lines.joined(separator: "\n")
    }

    /// From `startedAt` to `createdAt`, to the millisecond.
    private var seconds: Double {
        (max(0, createdAt.timeIntervalSince(startedAt)) * 1000).rounded() / 1000
    }

    private var sortedImages: [(region: String, id: String)] {
        images.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }

    /// Where the lists of what is on an image are; null where there are none.
    static func inventory(_ documents: UploadInventory.Outputs?) -> JSONValue {
        guard let documents, let inventory = documents.inventory, let sbom = documents.sbom else {
            return nil
        }
        return object([
            ("inventory", object(inventory, in: documents)),
            ("sbom", object(sbom, in: documents)),
        ])
    }

    private static func object(
        _ object: UploadInventory.Object, in documents: UploadInventory.Outputs
    ) -> JSONValue {
        [
            "bytes": .integer(object.bytes), "sha256": .string(object.sha256),
            "bucket": .string(documents.bucket), "key": .string(object.key),
            "s3": .string("s3://\(documents.bucket)/\(object.key)"), "url": .string(object.url),
        ]
    }

    /// How the image was looked at after it was exported; null where it was not.
    private func verification(of image: ExportVMImage.Outputs) -> JSONValue {
        guard let found = verifications.first(where: { $0.key == image.key }) else { return nil }
        return [
            "acceleration": .string(found.acceleration.rawValue),
            "firmware": .array(found.boots.map { .string($0.firmware.rawValue) }),
            "checks": .integer(Int64(found.checks.count)),
        ]
    }

    private func image(_ image: ExportVMImage.Outputs) -> JSONValue {
        var members: [(String, JSONValue)] = [
            ("format", .string(image.format)), ("bytes", .integer(image.bytes)),
            ("etag", .string(image.etag)),
        ]
        if let sha256 = image.sha256 { members.append(("sha256", .string(sha256))) }
        if let crc = image.crc64nvme { members.append(("crc64nvme", .string(crc))) }
        members += [
            ("bucket", .string(image.bucket)), ("key", .string(image.key)),
            ("s3", .string("s3://\(image.bucket)/\(image.key)")), ("url", .string(image.url)),
            ("verified", verification(of: image)),
        ]
        return Self.object(members)
    }

    private static func object(_ members: [(String, JSONValue)]) -> JSONValue {
        .object(OrderedDictionary(uniqueKeysWithValues: members))
    }
}
