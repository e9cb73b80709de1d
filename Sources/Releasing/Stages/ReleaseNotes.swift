package import BuildGraph
import Diagnostics
import FoundationEssentials
package import JSON
import OrderedCollections

/// Writes `release.json` and `artifacts.md`: the whole release for scripts and for people.
package struct ReleaseNotes: Stage {
    /// The files that were written.
    package struct Outputs: Codable, Sendable, Equatable {
        /// SHA-256 by file name; `sha256:` and 64 hexadecimal digits.
        package let files: [String: String]
    }

    let manifest: ReleaseManifest
    /// What the manifest may leave out: copies, exports, uploads, verifications.
    let optional: [StageName]

    static let documentName = "release.json"
    static let tableName = "artifacts.md"

    package var name: StageName { "release-notes" }
    package var revision: Int { 1 }
    package var upstream: [StageName] { ["source-ami", "ami", "ami-public"] + optional }
    package var inputs: [StageInput] {
        manifest.versions.map {
            .setting(pointer: "/versions/\($0.key)", value: .string($0.value))
        } + [.setting(pointer: "/region", value: .string(manifest.region))]
    }

    package var alwaysDiffers: Bool { true }

    package func documents(in outputs: JSONValue) -> [String: String] {
        var digests: [String: String] = [:]
        guard let files = outputs["files"]?.objectValue else { return digests }
        for (file, digest) in files { digests[file] = digest.stringValue }
        return digests
    }

    package func run(_ context: StageContext) async throws -> Outputs {
        let now = context.time.now()
        let document = ReleaseDocument(
            assetId: manifest.assetId.text, region: manifest.region, versions: manifest.versions,
            source: try context.output(of: SourceAMI.self),
            images: try ReleasedImages.byRegion(region: manifest.region, context),
            isPublic: try context.output(of: PublishAMI.self).public,
            origin: try context.output(of: CreateAMI.self).origin,
            name: try context.output(of: CreateAMI.self).name,
            exports: try context.outputs(of: ExportVMImage.self).sorted { $0.key < $1.key }
                .map(\.value),
            verifications: try context.outputs(of: VerifyImage.self).sorted { $0.key < $1.key }
                .map(\.value),
            documents: try context.outputs(of: UploadInventory.self)["export-inventory"],
            docker: try docker(context), timings: try await timings(context),
            startedAt: try await startedAt(context) ?? now, createdAt: now)
        let files = [
            Self.documentName: Array(document.json.prettyText.utf8),
            Self.tableName: Array(document.markdown.utf8),
        ]
        for (file, bytes) in files { try await context.results.writeFile(file, bytes) }
        return Outputs(files: files.mapValues { Digest.of($0) })
    }

    package func verify(_ outputs: Outputs, _ context: StageContext) async throws -> Existence {
        for (file, digest) in outputs.files {
            guard let bytes = try await context.results.readFile(file),
                Digest.of(bytes) == digest
            else { return .missing("\(file)") }
        }
        return .exists
    }

    /// The Docker image, where the manifest asks for one.
    private func docker(_ context: StageContext) throws -> DockerRelease? {
        guard let image = try context.outputs(of: BuildDockerImage.self).values.first else {
            return nil
        }
        return DockerRelease(
            image: image, push: try context.outputs(of: PushDockerImage.self).values.first,
            documents: try context.outputs(of: UploadInventory.self)["docker-inventory"])
    }

    /// When the making of what is released began.
    ///
    /// What is only looked up may be recorded since long ago; the machine counts where it is the
    /// one that the image was made of.
    private func startedAt(_ context: StageContext) async throws -> Date? {
        let maker = try await context.results.load("ami")?.record?.lastGood?.runId
        var times: [String] = []
        for stage in upstream where stage != "source-ami" {
            guard let run = try await context.results.load(stage)?.record?.lastGood else {
                continue
            }
            times.append(run.startedAt)
        }
        if let run = try await context.results.load("instance")?.record?.lastGood,
            run.runId == maker
        {
            times.append(run.startedAt)
        }
        return times.compactMap { Timestamp.date($0) }.min()
    }

    /// How long each stage behind this one took when it last succeeded.
    private func timings(_ context: StageContext) async throws -> [String: Double] {
        var timings: [String: Double] = [:]
        for stage in upstream {
            if let run = try await context.results.load(stage)?.record?.lastGood {
                timings[stage.rawValue] = run.seconds
            }
        }
        return timings
    }
}
