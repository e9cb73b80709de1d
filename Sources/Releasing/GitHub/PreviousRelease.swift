import BuildGraph
import Diagnostics
import FoundationEssentials
import GitHub
import Glibc

/// Finds the release before this one among a repository's, by the inventory in its assets.
struct PreviousRelease: Sendable {
    let host: any ReleaseHost
    let repository: RepositoryName

    /// Pages of 100 releases that are looked through.
    private static let pageLimit = 5

    /// What is known of the release before; nil where none is found.
    ///
    /// - Parameters:
    ///   - current: the release that is described.
    ///   - files: what it has.
    ///   - warn: told where a release was found and cannot be read.
    /// - Throws: `github.*` where GitHub cannot be asked.
    func describe(
        before current: GitHubRelease, _ files: ReleaseFiles,
        warn: @Sendable (String) -> Void
    ) async throws -> ReleaseDescription.Previous? {
        let releases = try await host.all(
            ListReleases(repository: repository), pageLimit: Self.pageLimit,
            partIsEnough: true, until: { Self.newest($0, before: current) != nil })
        guard let previous = Self.newest(releases, before: current) else { return nil }
        var versions: [String: String] = [:]
        var changes: [(title: String, changes: InventoryChanges)] = []
        if let asset = Self.asset(ReleaseNotes.documentName, of: previous) {
            let bytes = try await download(asset)
            do {
                let release = try PublishedRelease(bytes, source: asset.name)
                versions = Dictionary(release.versions.map { ($0.name, $0.version) }) { $1 }
            } catch {
                warn(Self.unreadable(asset, previous, error))
            }
        }
        for (stage, title) in ReleaseFiles.documented {
            let name = InventoryDocuments.names(of: stage).inventory
            guard let now = files.files.first(where: { $0.name == name }),
                let asset = Self.asset(name, of: previous)
            else { continue }
            let before = try await download(asset)
            let after = try Inventory(now.bytes, source: name)
            do {
                changes.append(
                    (title, InventoryChanges(from: try Inventory(before, source: name), to: after)))
            } catch {
                warn(Self.unreadable(asset, previous, error))
            }
        }
        return ReleaseDescription.Previous(
            tag: previous.tag, url: previous.url, versions: versions, changes: changes)
    }

    /// The newest published release that has an inventory; older than the current one, where that
    /// is published itself.
    static func newest(
        _ releases: [GitHubRelease], before current: GitHubRelease
    ) -> GitHubRelease? {
        let name = InventoryDocuments.names(of: "ami").inventory
        return releases.filter { release in
            guard let published = release.publishedAt, !release.isDraft, !release.isPrerelease,
                release.id != current.id, asset(name, of: release) != nil
            else { return false }
            return current.publishedAt.map { published < $0 } ?? true
        }.max { ($0.publishedAt ?? "") < ($1.publishedAt ?? "") }
    }

    private static func asset(_ name: String, of release: GitHubRelease) -> GitHubAsset? {
        release.assets.first { $0.name == name && $0.isUploaded }
    }

    private static func unreadable(
        _ asset: GitHubAsset, _ release: GitHubRelease, _ error: any Error
    ) -> String {
        "`\(asset.name)` of release `\(release.tag)` cannot be read, so the notes leave out what "
            + "changed since: \(Diagnostic.from(error).summary)"
    }

    private func download(_ asset: GitHubAsset) async throws -> [UInt8] {
        try await host.call(DownloadReleaseAsset(repository: repository, id: asset.id))
    }
}
