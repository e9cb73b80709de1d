package import AWS
import Diagnostics

/// The names that a release gives to things in AWS: pure functions of the asset id.
package enum ResourceNames {
    /// The tag that says which release a thing belongs to.
    package static let assetTag = "exa_dss_id"
    /// The tag that says which run made a thing.
    package static let runTag = "exa_dss_run"
    /// What the program's tags begin with, and the manifest's may not.
    package static let reservedPrefix = "exa_dss_"

    /// The tag that says when an object was replaced, RFC 3339; it is deleted a day later.
    package static let retiredTag = "exa_dss_retired"

    /// The tag of an image that is there to be exported in another one's place, which it names.
    package static let exportOfTag = "exa_dss_export_of"

    /// The tag of an image that was not made as releases are made: what it was made of.
    package static let originTag = "exa_dss_origin"

    /// Tags for everything that is created dynamically.
    package static func tags(assetId: String, own: OwnTags, runId: String) -> [AWSTag] {
        [AWSTag(assetTag, assetId), AWSTag(runTag, runId)] + own.tags
    }

    /// `EC2-DATA-SCIENCE-SANDBOX-<assetId>-<5 random>`; what CloudFormation refuses becomes `-`.
    ///
    /// - Parameter suffix: five letters or digits.
    /// Source: <https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateChangeSet.html>
    package static func stack(assetId: String, suffix: String) -> String {
        let name = replacing(assetId) { $0.isASCII && ($0.isLetter || $0.isNumber) }
        return "EC2-DATA-SCIENCE-SANDBOX-\(name.prefix(96))-\(suffix)"
    }

    /// The name of a release's first image.
    package static func image(prefix: String, assetId: String) -> String {
        images(prefix: prefix, assetId: assetId).text(1)
    }

    /// `<namePrefix>-<assetId>`; what EC2 refuses in an image's name becomes `-`.
    ///
    /// Source: <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateImage.html>
    package static func images(prefix: String, assetId: String) -> RevisedName {
        let allowed = Set("()[] ./-'@_")
        let name = replacing("\(prefix)-\(assetId)") {
            $0.isASCII && ($0.isLetter || $0.isNumber || allowed.contains($0))
        }
        return RevisedName(stem: name, limitBytes: RevisedName.imageLimitBytes)
    }

    /// `dss-export-<imageId>-<5 random>`.
    static func biosImage(of imageId: String, suffix: String) -> String {
        "dss-export-\(imageId)-\(suffix)"
    }

    /// The folder of a release's images in the bucket, with a slash at its end.
    package static func exportFolder(prefix: String, assetId: String) -> String {
        prefix.isEmpty ? "\(assetId)/" : "\(prefix)/\(assetId)/"
    }

    /// Whether a key's folder is named after an asset, whatever the prefix is.
    package static func isInFolder(_ key: String, ofAsset assetId: String) -> Bool {
        let parts = key.split(separator: "/", omittingEmptySubsequences: false)
        return parts.count >= 2 && parts[parts.count - 2] == assetId
    }

    /// The keys of a release's exported images of one format.
    package static func exportKeys(
        prefix: String, assetId: String, format: ImageFormat
    ) -> RevisedName {
        RevisedName(
            stem: exportFolder(prefix: prefix, assetId: assetId)
                + "exasol-data-science-sandbox-\(assetId)",
            ending: ".\(format.fileExtension)", limitBytes: RevisedName.keyLimitBytes)
    }

    /// `dss-<assetId>-<8 of the run>`; what Docker refuses in a container's name becomes `-`.
    package static func container(assetId: String, runId: String) -> String {
        let name = replacing(assetId) {
            $0.isASCII && ($0.isLetter || $0.isNumber || "_.-".contains($0))
        }
        return "dss-\(name)-\(runId.prefix(8))"
    }

    /// The address at which a key of a web host is fetched; each path segment percent-encoded.
    package static func url(host: String, key: String) -> String {
        "https://\(host)/\(PercentEncoding.encode(key, keepsSlash: true))"
    }

    /// Five random lower-case letters and digits.
    package static func randomSuffix() -> String {
        let letters = Array("abcdefghijklmnopqrstuvwxyz0123456789")
        return String((0..<5).map { _ in letters[Int.random(in: 0..<letters.count)] })
    }

    private static func replacing(_ text: String, keeping isAllowed: (Character) -> Bool) -> String
    {
        String(text.map { isAllowed($0) ? $0 : "-" })
    }
}
