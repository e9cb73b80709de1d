package import BuildGraph
import JSON

/// Where the things of an asset may lie: regions, and folders of buckets.
package struct AssetPlaces: Sendable, Equatable {
    /// A folder of a bucket; S3 tells keys apart by their bytes.
    package struct Folder: Sendable, Hashable {
        package let bucket: String
        package let region: String
        /// What its keys begin with.
        package let prefix: String

        /// Makes one; see the properties.
        package init(bucket: String, region: String, prefix: String) {
            self.bucket = bucket
            self.region = region
            self.prefix = prefix
        }

        /// Compares bytes.
        package static func == (left: Folder, right: Folder) -> Bool {
            (left.bucket, left.region) == (right.bucket, right.region)
                && left.prefix.utf8.elementsEqual(right.prefix.utf8)
        }

        /// As `==`; equal ones have equal text.
        package func hash(into hasher: inout Hasher) { hasher.combine(prefix) }
    }

    package var regions: [String]
    package var folders: [Folder]

    /// The places that a manifest, its results and its journal name; pure.
    ///
    /// - Parameters:
    ///   - bucket: of the exported images; nil where there is none.
    ///   - records: what is recorded, which an older manifest may have put elsewhere.
    ///   - entries: what the journal has unfinished.
    ///   - everyRegion: all regions of the account, where these are to be searched.
    package init(
        manifest: ReleaseManifest, pattern: AssetPattern, bucket: String?,
        records: [ResultRecord] = [], entries: [JournalEntry] = [], everyRegion: [String] = []
    ) {
        let recorded = records.flatMap(\.everyOutput)
        let regions =
            manifest.regions + recorded.compactMap { $0["region"]?.stringValue }
            + entries.map(\.region).filter { !Self.notInAWS.contains($0) } + everyRegion
        self.regions = Self.unique(regions)
        var folders: [Folder] = []
        if let bucket, let export = manifest.export {
            let head = export.prefix.isEmpty ? "" : export.prefix + "/"
            folders.append(
                Folder(
                    bucket: bucket, region: manifest.region,
                    prefix: head + pattern.literalHead + (pattern.isGlob ? "" : "/")))
        }
        for outputs in recorded {
            guard let bucket = outputs["bucket"]?.stringValue, let key = outputs["key"]?.stringValue
            else { continue }
            let region = outputs["region"]?.stringValue ?? manifest.region
            folders.append(Folder(bucket: bucket, region: region, prefix: Self.folder(of: key)))
        }
        for entry in entries {
            guard let bucket = entry.details["bucket"],
                let prefix = entry.details["folder"] ?? entry.name.map(Self.folder)
            else { continue }
            folders.append(Folder(bucket: bucket, region: entry.region, prefix: prefix))
        }
        self.folders = Self.unique(folders)
    }

    /// What the journal calls the region of things that are not in AWS.
    private static let notInAWS = Set(LeftoverKind.Place.allCases.map(\.rawValue))

    private static func folder(of key: String) -> String {
        key.lastIndex(of: "/").map { String(key[...$0]) } ?? ""
    }

    private static func unique<Element: Hashable>(_ elements: [Element]) -> [Element] {
        var seen: Set<Element> = []
        return elements.filter { seen.insert($0).inserted }
    }
}

extension ResultRecord {
    /// The outputs of every good run that it keeps, the last one's first.
    var everyOutput: [JSONValue] { everyGood.compactMap(\.outputs) }

    /// Every run that this record speaks of.
    var everyRunId: [String] { ([run] + everyGood).map(\.runId) }
}
