package import BuildGraph
import Diagnostics
import GitHub
import JSON

/// Puts the notes and the documents of a release on its page at GitHub.
///
/// What is as it shall be is not written again, so that it may run any number of times.
package struct PublishRelease: Stage {
    /// An asset as it was left.
    package struct Asset: Codable, Sendable, Equatable {
        package let name: String
        package let bytes: Int64
        /// `sha256:` and 64 hexadecimal digits.
        package let sha256: String
        package let url: String
    }

    /// The release as it was left.
    package struct Outputs: Codable, Sendable, Equatable {
        package let releaseId: Int64
        package let repository: String
        /// The release's page.
        package let url: String
        package let assets: [Asset]
        /// The digest of its section, by which `--verify` sees whether somebody changed it.
        package let notes: String
        /// What its documents name: image ids, `s3://` addresses, Docker images; nil in results of
        /// before.
        package var names: [String]?
    }

    let settings: ReleaseManifest.Release
    let releaseId: Int64
    let services: Services

    static let stageName: StageName = "github-release"

    package var name: StageName { Self.stageName }
    package var revision: Int { 1 }
    package var upstream: [StageName] { ["release-notes"] }
    package var inputs: [StageInput] {
        [
            .setting(
                pointer: "/release/repository", value: .string(settings.repository.description)),
            .setting(pointer: ReleaseManifest.Release.idPointer, value: .integer(releaseId)),
        ]
    }

    private var publication: ReleasePublication {
        ReleasePublication(
            host: services.releases, repository: settings.repository, releaseId: releaseId,
            time: services.time)
    }

    /// A release is known to be there and to have a place for the notes before anything costs time.
    package func preflight(_ context: StageContext) async throws {
        try services.releases.checkConfiguration()
        do {
            _ = try ReleaseSection.notes(in: try await publication.release().body)
        } catch var problem as Diagnostic where problem.code == "github.404" {
            // Nothing was started yet: the id or the token is wrong, and not the world.
            problem.severity = .configuration
            throw problem
        }
    }

    package func run(_ context: StageContext) async throws -> Outputs {
        let files = try await ReleaseFiles.read(context.results)
        if let origin = files.release.origin {
            throw TrialImage.refusal("the image of this release", origin)
        }
        let release = try await publication.release()
        let previous = try await PreviousRelease(
            host: services.releases, repository: settings.repository
        ).describe(before: release, files, warn: context.warn)
        let assets = try await publication.publish(
            files.files, to: release, onProgress: context.progress)
        context.progress(95, "release notes")
        let description = ReleaseDescription(
            release: files.release, files: files.files.map(\.name), previous: previous)
        let written = try await publication.write(to: release) { release in
            try description.text(
                room: ReleaseSection.room(in: release.body, limit: UpdateRelease.longestBody),
                cost: { ReleaseSection.cost(of: $0, in: release.body) })
        }
        return Outputs(
            releaseId: releaseId, repository: settings.repository.description,
            url: written.release.url,
            assets: zip(files.files, assets).map { file, asset in
                Asset(
                    name: file.name, bytes: asset.sizeBytes, sha256: file.digest, url: asset.url)
            },
            notes: Self.digest(ReleaseSection.harmless(written.notes)),
            names: try await ReleasedNames.recorded(in: context.results))
    }

    /// Whether GitHub has the section as it was written, and the files as they are here.
    package func verify(_ outputs: Outputs, _ context: StageContext) async throws -> Existence {
        try services.releases.checkConfiguration()
        let files = try await ReleaseFiles.read(context.results).files
        let found: GitHubRelease
        do {
            found = try await publication.release()
        } catch let problem as Diagnostic where problem.code == "github.404" {
            return .missing("release \(releaseId) of \(settings.repository)")
        }
        let notes = try ReleaseSection.notes(in: found.body)
        guard let notes, Self.digest(notes) == outputs.notes else {
            return .missing("section of release \(releaseId) as it was written")
        }
        let assets = try await publication.assets(like: files)
        for file in files {
            let isThere = AssetPlan.next(for: file, among: assets) == nil
            guard isThere, outputs.assets.contains(where: { $0.sha256 == file.digest }) else {
                return .missing("asset \(file.name) of release \(releaseId) as it is here")
            }
        }
        return .exists
    }

    package func identity(of outputs: Outputs) -> String {
        "\(outputs.repository)/\(outputs.releaseId)"
    }

    private static func digest(_ notes: String) -> String { Digest.of(Array(notes.utf8)) }
}
