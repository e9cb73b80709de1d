import BuildGraph
import Diagnostics
import GitHub

/// Brings a release on GitHub up to date: its assets, then its section of the text.
struct ReleasePublication: Sendable {
    let host: any ReleaseHost
    let repository: RepositoryName
    let releaseId: Int64

    /// How often the text is written anew because people changed it meanwhile.
    private static let bodyAttempts = 5
    /// How often a file is uploaded whose outcome nobody knows.
    private static let uploadAttempts = 3

    /// The release as it is.
    func release() async throws -> GitHubRelease {
        try await host.call(GetRelease(repository: repository, id: releaseId))
    }

    /// Uploads what differs, and takes away what interrupted runs left.
    ///
    /// - Returns: the release's own assets afterwards, in the order of `files`.
    func publish(
        _ files: [ReleaseFile], to release: GitHubRelease,
        onProgress: @Sendable (Double?, String) -> Void
    ) async throws -> [GitHubAsset] {
        var published: [GitHubAsset] = []
        for (index, file) in files.enumerated() {
            let percent = 90 * Double(index) / Double(max(1, files.count))
            onProgress(percent, "asset \(file.name)")
            published.append(try await publish(file, to: release))
        }
        return published
    }

    /// Puts the notes into the release's text.
    ///
    /// - Parameter notes: makes them for a text, whose length bounds theirs.
    /// - Returns: the release and the notes that it has now.
    func write(
        to release: GitHubRelease, notes: (GitHubRelease) throws -> String
    ) async throws -> (release: GitHubRelease, notes: String) {
        var seen = release
        for _ in 0..<Self.bodyAttempts {
            let notes = try notes(seen)
            let body = try ReleaseSection.replace(in: seen.body, by: notes)
            // GitHub has no conditional PATCH: right before it is the last moment to look.
            let present = try await self.release()
            guard Self.isSame(present.body, seen.body) else {
                seen = present
                continue
            }
            if Self.isSame(body, seen.body) { return (present, notes) }
            let written = try await host.call(
                UpdateRelease(repository: repository, id: releaseId, body: body))
            guard
                try Self.isSame(
                    ReleaseSection.notes(in: written.body), ReleaseSection.harmless(notes))
            else {
                throw Diagnostic(
                    code: "github.text-differs",
                    summary: "GitHub keeps another text of release \(releaseId) than was sent",
                    hint: "look at \(release.url), then run the same command again")
            }
            return (written, notes)
        }
        throw Diagnostic(
            code: "github.text-changing",
            summary: "somebody keeps changing the text of release \(releaseId)",
            hint: "run the same command again when they are done")
    }

    /// The assets with the digests of those that a file could be.
    func assets(like files: [ReleaseFile]) async throws -> [GitHubAsset] {
        var assets = try await host.all(
            ListReleaseAssets(repository: repository, releaseId: releaseId))
        for (index, asset) in assets.enumerated() where asset.isUploaded && asset.digest == nil {
            // Servers that tell no digest let us look ourselves.
            let couldBe = files.contains { file in
                asset.sizeBytes == Int64(file.bytes.count)
                    && (asset.name == file.name || file.isTemporary(asset))
            }
            guard couldBe else { continue }
            let bytes = try await host.call(
                DownloadReleaseAsset(repository: repository, id: asset.id))
            assets[index] = asset.with(digest: Digest.of(bytes))
        }
        return assets
    }

    private func publish(
        _ file: ReleaseFile, to release: GitHubRelease
    ) async throws -> GitHubAsset {
        var uploads = 0
        for _ in 0..<AssetPlan.stepLimit {
            let assets = try await assets(like: [file])
            guard let step = AssetPlan.next(for: file, among: assets) else {
                return try Self.found(file, among: assets)
            }
            guard !release.isImmutable else { throw immutable(file) }
            switch step {
            case .delete(let asset):
                try await host.call(DeleteReleaseAsset(repository: repository, id: asset.id))
            case .rename(let asset, let name):
                _ = try await host.call(
                    UpdateReleaseAsset(repository: repository, id: asset.id, name: name))
            case .upload(let name):
                uploads += 1
                do {
                    _ = try await host.call(
                        UploadReleaseAsset(
                            repository: repository, uploadUrl: release.uploadUrl, name: name,
                            contentType: file.contentType, bytes: file.bytes))
                } catch let problem as Diagnostic
                    where Self.mayHaveArrived(problem) && uploads < Self.uploadAttempts
                {
                    // The next round looks at what arrived.
                    continue
                }
            }
        }
        throw Diagnostic(
            code: "github.asset-unsettled",
            summary: "asset `\(file.name)` of release \(releaseId) does not stay as it was put",
            hint: "see that nobody else uploads it, then run the same command again")
    }

    private static func mayHaveArrived(_ problem: Diagnostic) -> Bool {
        ["github.unknown-outcome", "github.already-exists"].contains(problem.code)
    }

    private static func found(
        _ file: ReleaseFile, among assets: [GitHubAsset]
    ) throws -> GitHubAsset {
        guard let asset = assets.first(where: { $0.name == file.name }) else {
            throw Diagnostic(
                code: "github.asset-unsettled", summary: "asset `\(file.name)` is gone again",
                hint: "run the same command again")
        }
        return asset
    }

    private func immutable(_ file: ReleaseFile) -> Diagnostic {
        Diagnostic(
            code: "github.immutable",
            summary: "release \(releaseId) is immutable: its asset `\(file.name)` cannot be "
                + "replaced",
            hint: "make another release, or turn off immutable releases before it is published")
    }

    /// By bytes: text that only looks the same is not the same.
    static func isSame(_ left: String?, _ right: String?) -> Bool {
        (left ?? "").utf8.elementsEqual((right ?? "").utf8)
    }
}
