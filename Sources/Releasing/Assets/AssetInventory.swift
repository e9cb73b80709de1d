import BuildGraph
import Diagnostics

/// The one discovery behind `show-aws-assets` and `clean`: which places a manifest, its results
/// and its journal name, and what lies there.
struct AssetInventory: Sendable {
    /// What is known when everything has been asked.
    struct Result: Sendable {
        let places: AssetPlaces
        let findings: AssetSearch.Findings
        /// What a person should know of the search.
        let notes: [String]
    }

    private let manifest: ReleaseManifest
    private let pattern: AssetPattern
    private let services: Services

    /// Makes one; nothing is asked yet.
    init(manifest: ReleaseManifest, pattern: AssetPattern, services: Services) {
        self.manifest = manifest
        self.pattern = pattern
        self.services = services
    }

    /// Looks.
    ///
    /// - Parameters:
    ///   - kinds: the kinds to look for.
    ///   - records: what is recorded of the asset.
    ///   - entries: what its journal has unfinished.
    ///   - isEverywhere: looks in every region of the account.
    /// - Throws: what the question for the regions or the bucket throws.
    func look(
        for kinds: Set<AssetKind>, records: [ResultRecord], entries: [JournalEntry],
        isEverywhere: Bool
    ) async throws -> Result {
        var notes: [String] = []
        var bucket: String?
        if let export = manifest.export, !kinds.isDisjoint(with: [.object, .upload]) {
            do {
                bucket = try await ImageBucket.find(
                    export.bucket, region: manifest.region, services: services
                ).bucket
            } catch let problem as Diagnostic where problem.code == "export.no-bucket-stack" {
                notes.append("no bucket of images is searched: \(problem.summary)")
            }
        }
        let everyRegion =
            isEverywhere
            ? try await AssetSearch.everyRegion(aws: services.aws, region: manifest.region) : []
        let places = AssetPlaces(
            manifest: manifest, pattern: pattern, bucket: bucket, records: records,
            entries: entries, everyRegion: everyRegion)
        let findings = try await AssetSearch(aws: services.aws, pattern: pattern, kinds: kinds)
            .find(in: places)
        return Result(places: places, findings: findings, notes: notes)
    }
}
