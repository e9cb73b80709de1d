import BuildGraph
import Diagnostics
import GitHub

/// Brings a release on GitHub up to date: its assets, then its section of the text.
struct ReleasePublication: Sendable {
    let host: any ReleaseHost
    let repository: RepositoryName
    let releaseId: Int64
    let time: any TimeSource

    /// How often the text is written anew because people changed it meanwhile.
    private static let bodyAttempts = 5
    /// How often all assets are looked at and put right.
    private static let rounds = 4

    /// The release as it is.
    func release() async throws -> GitHubRelease {
        try await host.call(GetRelease(repository: repository, id: releaseId))
    }

    /// Uploads what differs, and takes away what interrupted runs left.
    ///
    /// - Returns: each file's asset afterwards, in their order.
    /// - Throws: `github.asset-unsettled`, `github.immutable`.
    func publish(
        _ files: [ReleaseFile], to release: GitHubRelease,
        onProgress: @Sendable (Double?, String) -> Void
    ) async throws -> [GitHubAsset] {
        for round in 0..<Self.rounds {
            // A list may be a moment behind what was just done.
            if round > 0 { try await time.sleep(seconds: Double(round)) }
            var assets = try await assets(like: files)
            if let settled = Self.settled(files, assets) { return settled }
            for (index, file) in files.enumerated() {
                onProgress(90 * Double(index) / Double(files.count), "asset \(file.name)")
                try await publish(file, to: release, &assets, isLast: round == Self.rounds - 1)
            }
        }
        let assets = try await assets(like: files)
        if let settled = Self.settled(files, assets) { return settled }
        throw Diagnostic(
            code: "github.asset-unsettled",
            summary: "the assets of release \(releaseId) do not stay as they were put",
            hint: "see that nobody else uploads them, then run the same command again")
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

    /// Takes a file's steps one by one, each by what the one before was answered.
    ///
    /// - Parameters:
    ///   - assets: what the release has; changed with it.
    ///   - isLast: whether an upload whose outcome nobody knows is an error, as there is no later
    ///     round that would look.
    private func publish(
        _ file: ReleaseFile, to release: GitHubRelease, _ assets: inout [GitHubAsset],
        isLast: Bool
    ) async throws {
        for _ in 0..<AssetPlan.stepLimit {
            guard let step = AssetPlan.next(for: file, among: assets) else { return }
            guard !release.isImmutable else { throw immutable(file) }
            do {
                try await take(step, of: file, to: release, &assets)
            } catch let problem as Diagnostic where Self.mayHaveArrived(problem) && !isLast {
                return
            }
        }
    }

    private func take(
        _ step: AssetPlan.Step, of file: ReleaseFile, to release: GitHubRelease,
        _ assets: inout [GitHubAsset]
    ) async throws {
        switch step {
        case .delete(let asset):
            try await host.call(DeleteReleaseAsset(repository: repository, id: asset.id))
            assets.removeAll { $0.id == asset.id }
        case .rename(let asset, let name):
            let renamed = try await host.call(
                UpdateReleaseAsset(repository: repository, id: asset.id, name: name))
            assets.removeAll { $0.id == asset.id }
            assets.append(renamed.with(digest: renamed.digest ?? file.digest))
        case .upload(let name):
            let asset = try await host.call(
                UploadReleaseAsset(
                    repository: repository, uploadUrl: release.uploadUrl, name: name,
                    contentType: file.contentType, bytes: file.bytes))
            assets.append(asset.with(digest: asset.digest ?? file.digest))
        }
    }

    /// Whether the answer was lost, or somebody else's asset has the name: the next round looks.
    private static func mayHaveArrived(_ problem: Diagnostic) -> Bool {
        ["github.unknown-outcome", "github.already-exists"].contains(problem.code)
    }

    /// Each file's asset; nil where something is still to be done.
    private static func settled(
        _ files: [ReleaseFile], _ assets: [GitHubAsset]
    ) -> [GitHubAsset]? {
        guard files.allSatisfy({ AssetPlan.next(for: $0, among: assets) == nil }) else {
            return nil
        }
        return files.compactMap { file in assets.first { $0.name == file.name } }
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
