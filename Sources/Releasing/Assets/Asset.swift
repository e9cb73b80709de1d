import AWS
import BuildGraph
import Diagnostics
package import FoundationEssentials

/// One thing that belongs to an asset id.
package struct Asset: Sendable, Equatable {
    /// What shows whose it is.
    package enum Proof: String, Sendable {
        /// Its own tag (a container's label).
        case tag
        /// The tag of the export task that wrote it.
        case exportTask = "export-task"
        /// Nothing but its key: uploads have no tags.
        case key
        /// The journal of these results.
        case journal
    }

    package let kind: AssetKind
    /// As AWS calls it: a stack's ARN, `s3://bucket/key` of an object.
    package let id: String
    package let region: String
    package let assetId: String
    /// The run that made it.
    package var runId: String?
    /// A name for people, where it has one besides its id.
    package var name: String?
    package var state: String?
    /// Of the storage that it takes; nil where it takes none of its own, or nobody says.
    package var sizeBytes: Int64?
    package var createdAt: Date?
    /// Of objects and uploads.
    package var bucket: String?
    package var key: String?
    /// Of volumes, such as `gp3`.
    package var volumeType: String?
    /// The snapshots of an AMI.
    package var snapshotIds: [String] = []
    /// The image that an AMI was registered to be exported in place of, whose snapshots it shares.
    package var exportOf: String?
    /// When a newer object took its place, as its tag says (RFC 3339).
    package var retiredAt: String?
    /// What uses it and belongs to another asset or to nobody.
    package var holder: String?
    package var proof = Proof.tag
    package var role = AssetRole.leftover

    /// Makes one; see the properties.
    package init(
        kind: AssetKind, id: String, region: String, assetId: String, runId: String? = nil,
        name: String? = nil
    ) {
        self.kind = kind
        self.id = id
        self.region = region
        self.assetId = assetId
        self.runId = runId
        self.name = name
    }

    /// A thing with its tags; nil where these do not make it an asset of that pattern.
    init?(
        _ kind: AssetKind, _ id: String, region: String, tags: [AWSTag], of pattern: AssetPattern,
        name: String? = nil
    ) {
        guard let assetId = tags[ResourceNames.assetTag], pattern.matches(assetId) else {
            return nil
        }
        self.init(
            kind: kind, id: id, region: region, assetId: assetId,
            runId: tags[ResourceNames.runTag], name: name)
    }

    /// What an entry of the journal stands for, as far as the entry knows.
    init(_ entry: JournalEntry) {
        let kind = entry.assetKind
        self.init(
            kind: kind, id: entry.id ?? entry.name ?? entry.entry.rawValue, region: entry.region,
            assetId: entry.assetId, runId: entry.runId, name: entry.name)
        createdAt = entry.time
        proof = .journal
        bucket = entry.details["bucket"]
        key = [.upload, .object].contains(kind) ? entry.name : nil
    }

    /// Whether an entry of the journal is of this very thing.
    func isNamed(by entry: JournalEntry) -> Bool {
        guard entry.region == region, runId == nil || runId == entry.runId else { return false }
        // An object may be of the copy that the run was making, and has finished.
        if kind == .upload || kind == .object {
            let isOfKey =
                (entry.kind == .upload || entry.kind == .object && kind == .object)
                && entry.name.map(ExactText.init) == key.map(ExactText.init)
                && entry.details["bucket"] == bucket
            return isOfKey && (kind == .object || entry.id == nil || entry.id == id)
        }
        guard entry.assetKind == kind else { return false }
        if let known = entry.id { return known == id || known == name }
        return entry.name != nil && entry.name == name
    }

    /// The thing as events tell of it.
    var eventResource: RunEvent.Resource {
        RunEvent.Resource(kind: kind.resource, region: region, id: id, name: key ?? name)
    }

    /// The one word that a person knows it by.
    package var label: String {
        switch kind {
        case .stack, .keyPair, .container, .dockerImage: name ?? id
        case .upload: "s3://\(bucket ?? "?")/\(key ?? "?")"
        default: id
        }
    }
}
