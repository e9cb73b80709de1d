import Diagnostics
import Foundation
import JSON
import OrderedCollections

/// The whole release in one value: what `release.json` and `artifacts.md` show.
struct ReleaseDocument: Sendable {
    let assetId: String
    let region: String
    let versions: OrderedDictionary<String, String>
    let source: SourceAMI.Outputs
    /// Image id by region.
    let images: [String: String]
    let isPublic: Bool
    /// The image's name, the same in every region.
    let name: String
    let exports: [ExportVMImage.Outputs]
    /// Seconds by stage.
    let timings: [String: Double]
    let createdAt: Date

    /// `release.json`, schema `dssbatch.release/1`.
    var json: JSONValue {
        [
            "schema": "dssbatch.release/1",
            "assetId": .string(assetId),
            "region": .string(region),
            "createdAt": .string(Timestamp.text(createdAt)),
            "versions": Self.object(versions.map { ($0.key, .string($0.value)) }),
            "sourceAmi": [
                "imageId": .string(source.imageId), "name": .string(source.name),
                "creationDate": .string(source.creationDate),
            ],
            "ami": [
                "name": .string(name), "public": .bool(isPublic),
                "regions": Self.object(sortedImages.map { ($0.region, .string($0.id)) }),
            ],
            "images": .array(exports.map(Self.image)),
            "timings": Self.object(
                timings.sorted { $0.key < $1.key }.map { ($0.key, .number($0.value)) }),
        ]
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
        lines += ["", "| Component | Version |", "|---|---|"]
        lines += versions.map { "| \($0.key) | \($0.value) |" }
        lines += ["", "Base image: `\(source.imageId)` (\(source.name)).", ""]
        return lines.joined(separator: "\n")
    }

    private var sortedImages: [(region: String, id: String)] {
        images.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }

    private static func image(_ image: ExportVMImage.Outputs) -> JSONValue {
        var members: [(String, JSONValue)] = [
            ("format", .string(image.format)), ("bytes", .integer(image.bytes)),
            ("etag", .string(image.etag)),
        ]
        if let sha256 = image.sha256 { members.append(("sha256", .string(sha256))) }
        if let crc = image.crc64nvme { members.append(("crc64nvme", .string(crc))) }
        members += [
            ("bucket", .string(image.bucket)), ("key", .string(image.key)),
            ("s3", .string("s3://\(image.bucket)/\(image.key)")), ("url", .string(image.url)),
        ]
        return object(members)
    }

    private static func object(_ members: [(String, JSONValue)]) -> JSONValue {
        .object(OrderedDictionary(uniqueKeysWithValues: members))
    }
}
