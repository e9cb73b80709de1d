import AWS
import Diagnostics

/// The images of a release as AWS knows them, for a machine that has no results of it.
struct TaggedImages: Sendable {
    private let manifest: ReleaseManifest
    private let aws: any AWSCaller

    /// Looks nothing up yet.
    init(manifest: ReleaseManifest, aws: any AWSCaller) {
        self.manifest = manifest
        self.aws = aws
    }

    /// Makes every image of the asset id public, in the manifest's region and those of its copies.
    ///
    /// Nothing is recorded: what is not known of an image cannot be called fresh.
    ///
    /// - Parameters:
    ///   - onPublic: called for each image that is public, with a sentence.
    ///   - warn: told which of the regions has none.
    /// - Throws: `ami.nothing-to-publish`; see `ImagePublication`.
    func publish(
        onPublic: @escaping @Sendable (String) -> Void,
        warn: @Sendable (String) -> Void
    ) async throws {
        let regions = manifest.regions
        let found = try await find(in: regions)
        guard !found.isEmpty else {
            throw Diagnostic(
                code: "ami.nothing-to-publish", severity: .configuration,
                summary: "there is no image of release `\(manifest.assetId)`",
                causes: [
                    "nothing is recorded in `\(manifest.results)`",
                    "no available image has the tag `\(ResourceNames.assetTag)` of that value in "
                        + regions.map { "`\($0)`" }.joined(separator: ", "),
                ],
                hint: PublicationRoute.hint(manifest: manifest.path))
        }
        for region in regions where !found.contains(where: { $0.region == region }) {
            warn("no image of release `\(manifest.assetId)` in `\(region)`")
        }
        try await ImagePublication(isPublic: true, aws: aws).settle(found) { image in
            onPublic("image \(image.id) in \(image.region) is public")
        }
    }

    private func find(in regions: [String]) async throws -> [ImagePublication.Image] {
        try await ConcurrentMap.map(regions) { region in
            try await EC2Images.tagged(manifest.assetId, aws: aws, region: region).map { image in
                try TrialImage.refuse(image.id, image.tags)
                return ImagePublication.Image(region: region, id: image.id)
            }
        }.flatMap { $0 }
    }
}
