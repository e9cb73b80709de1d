import BuildGraph
import Diagnostics
import JSON

/// The files beside the results that are published, as they are now.
struct ReleaseFiles: Sendable {
    let release: PublishedRelease
    /// By name.
    let files: [ReleaseFile]

    /// The kinds of image whose inventory and SBOM there may be, by the stage that wrote them.
    static let documented: [(stage: StageName, title: String)] = [
        ("ami", "Machine image"), (BuildDockerImage.stageName, "Docker image"),
    ]

    /// Reads them; nothing else is needed.
    ///
    /// - Throws: `github.no-release`, `github.release-document`, `inventory.missing`.
    static func read(_ results: any ResultStore) async throws -> ReleaseFiles {
        let document = try await required(ReleaseNotes.documentName, results)
        let release = try PublishedRelease(document, source: ReleaseNotes.documentName)
        guard release.assetId == results.assetId else {
            throw Diagnostic(
                code: "github.release-document", severity: .configuration,
                summary: "`\(ReleaseNotes.documentName)` in `\(results.location)` is of asset "
                    + "`\(release.assetId)`",
                hint: "name that asset with `--asset-id`, or write the file again with "
                    + "`dssbatch MANIFEST --force release-notes`")
        }
        var files = [
            file(ReleaseNotes.documentName, document),
            file(ReleaseNotes.tableName, try await required(ReleaseNotes.tableName, results)),
        ]
        for (stage, _) in documented where stage == "ami" || release.docker != nil {
            files += try await documents(of: stage, release, results)
        }
        return ReleaseFiles(release: release, files: files.sorted { $0.name < $1.name })
    }

    /// The inventory and the SBOM of an image, where somebody knows what they have to be: what
    /// else is there may be of an earlier image.
    private static func documents(
        of stage: StageName, _ release: PublishedRelease, _ results: any ResultStore
    ) async throws -> [ReleaseFile] {
        let names = InventoryDocuments.names(of: stage)
        var digests: [String: String] = [:]
        if let outputs = try await results.load(stage)?.record?.lastGood?.outputs {
            let documents = try outputs.decoded(as: Documented.self).documents
            digests[names.inventory] = documents?.inventory.sha256
            digests[names.sbom] = documents?.sbom.sha256
        } else {
            for name in [names.inventory, names.sbom] {
                digests[name] = release.documents[name].map { "sha256:\($0)" }
            }
        }
        var files: [ReleaseFile] = []
        for (name, digest) in digests {
            let bytes = try await results.readFile(name)
            guard let bytes, Digest.of(bytes) == digest else {
                throw Diagnostic(
                    code: "inventory.missing", severity: .configuration,
                    summary: "`\(name)` in `\(results.location)` is gone or was changed",
                    hint: "put it back, or make the image again with `--force \(stage)`")
            }
            files.append(file(name, bytes))
        }
        return files
    }

    private static func required(
        _ name: String, _ results: any ResultStore
    ) async throws -> [UInt8] {
        if let bytes = try await results.readFile(name) { return bytes }
        throw Diagnostic(
            code: "github.no-release", severity: .configuration,
            summary: "there is no `\(name)` in `\(results.location)`",
            hint: "make the release first with `dssbatch MANIFEST`, or name the folder of its "
                + "results with `--results` and `--asset-id`")
    }

    private static func file(_ name: String, _ bytes: [UInt8]) -> ReleaseFile {
        ReleaseFile(name: name, bytes: bytes, digest: Digest.of(bytes))
    }

    /// What the stages that make images have in common.
    private struct Documented: Decodable {
        let documents: InventoryDocuments?
    }
}
