import AWS
import BuildGraph
import Diagnostics

/// Whose an image is that a record or a person names.
///
/// Results are data: whoever can write them can name any image that this account may see. So
/// before an image is changed, copied, exported or made public, EC2 says whose it is.
extension EC2Images {
    /// This account's usable images that carry an asset's tag, but none that was only made to be
    /// exported.
    static func tagged(
        _ assetId: AssetId, aws: any AWSCaller, region: String
    ) async throws -> [EC2Image] {
        let filters = [
            EC2Filter("tag:\(ResourceNames.assetTag)", assetId.text),
            EC2Filter("state", "available"),
        ]
        return try await aws.all(
            DescribeImages(owners: ["self"], filters: filters), region: region
        ).filter { $0.tags[ResourceNames.exportOfTag] == nil }
    }

    /// An image that a record names, this account's and of that asset.
    ///
    /// - Throws: `ami.not-found`, `ami.not-ours`.
    func requireOwn(_ id: String, ofAsset assetId: String) async throws -> EC2Image {
        let image = try await ofAccount(id)
        let tag = image.tags[ResourceNames.assetTag]
        guard tag == assetId else {
            throw notOurs(
                id,
                "it carries " + (tag.map { "`\($0)`" } ?? "nothing")
                    + " in its tag `\(ResourceNames.assetTag)`, not `\(assetId)`",
                hint: tag == nil
                    ? "where it is meant all the same, `dssbatch adopt` gives it the tag"
                    : "look who wrote it into these results")
        }
        return image
    }

    /// An image that a person names for an asset: one without the asset's tag gets it.
    ///
    /// - Throws: `ami.not-found`, `ami.not-ours`.
    func adopt(_ id: String, forAsset assetId: String, own: OwnTags) async throws -> EC2Image {
        let image = try await ofAccount(id)
        if let other = image.tags[ResourceNames.assetTag], other != assetId {
            throw notOurs(
                id, "it belongs to `\(other)`",
                hint: "work with that asset id (`--asset-id`), or copy the image first")
        }
        guard image.tags[ResourceNames.assetTag] == nil else { return image }
        _ = try await aws.call(
            CreateTags(
                resourceIds: [id],
                tags: [AWSTag(ResourceNames.assetTag, assetId)] + own.tags), region: region)
        return try await requireTagged(id, assetId)
    }

    /// EC2 may not show a new tag at once.
    private func requireTagged(_ id: String, _ assetId: String) async throws -> EC2Image {
        let tagged = try await PatientLook(time: time).find {
            let image = try await self.own(id)
            return image?.tags[ResourceNames.assetTag] == assetId ? image : nil
        }
        if let tagged { return tagged }
        return try await requireOwn(id, ofAsset: assetId)
    }

    private func ofAccount(_ id: String) async throws -> EC2Image {
        let seen = try await PatientLook(time: time).find { try await self.own(id) }
        if let seen { return seen }
        // Another account's, or none at all.
        _ = try await require(id)
        throw notOurs(
            id, "another account owns it",
            hint: "copy it into this account first: `aws ec2 copy-image`")
    }

    private func notOurs(_ id: String, _ cause: String, hint: String) -> Diagnostic {
        Diagnostic(
            code: "ami.not-ours",
            summary: "image `\(id)` in `\(region)` is not this release's to work with",
            causes: [cause], hint: hint)
    }
}
