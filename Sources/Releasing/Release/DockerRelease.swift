import JSON

/// The Docker image of a release, for `release.json` and `artifacts.md`.
struct DockerRelease: Sendable {
    let image: BuildDockerImage.Outputs
    /// Nil where it is not published.
    let push: PushDockerImage.Outputs?
    /// Where the inventory and the SBOM are; nil where nothing is exported.
    let documents: UploadInventory.Outputs?

    /// Its part of `release.json`; `digest` is what its registry knows it by.
    var json: JSONValue {
        [
            "image": .string(image.image), "imageId": .string(image.imageId),
            "tags": .array(image.tags.map { .string($0) }),
            "bytes": .integer(image.bytes),
            // For scripts of before.
            "sizeBytes": .integer(image.bytes), "published": .bool(push != nil),
            "registry": push.map { .string($0.registry) } ?? nil,
            "digest": push.map { .string($0.digest) } ?? nil,
            "baseImage": .string(image.baseImage), "baseDigest": .string(image.baseDigest),
            "inventory": ReleaseDocument.inventory(documents),
        ]
    }

    /// Its lines of `artifacts.md`.
    var markdown: [String] {
        let state = push.map { "`\($0.digest)`" } ?? "not published"
        var lines = [
            "", "| Docker image | Size | Digest |", "|---|---|---|",
            "| `\(image.image)` | \(ByteCount.text(image.bytes)) | \(state) |",
        ]
        if let documents, let inventory = documents.inventory, let sbom = documents.sbom {
            lines += [
                "",
                "What is in it: [inventory](\(inventory.url)), [SBOM (CycloneDX)](\(sbom.url)).",
            ]
        }
        return lines
    }
}
