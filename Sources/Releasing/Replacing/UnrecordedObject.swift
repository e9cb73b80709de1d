import AWS
import BuildGraph

/// The published object of a stage of which nothing is recorded any more.
///
/// Whether an object is published, only who names it tells: a recorded GitHub release.
struct UnrecordedObject {
    let stage: StageName
    let region: String
    let assetId: AssetId
    /// Every name that it may have.
    let keys: RevisedName
    /// How it is adopted; nil where that makes no sense, and nothing is looked for.
    let command: ReleaseCommandLine?

    /// What other stages' results tell of it.
    func told(_ facts: StageEffects.Facts) -> [StageEffects.Replacement] {
        named(facts).compactMap { replacement($0, facts) }
    }

    /// What of it is in the bucket that is exported to, with the asset's tag.
    ///
    /// An object in another bucket is not in a new one's way, and could not be adopted.
    ///
    /// - Throws: what S3 answers.
    func find(
        _ facts: StageEffects.Facts, in bucket: String, aws: any AWSCaller
    ) async throws -> [StageEffects.Replacement] {
        for place in named(facts) where place.bucket == bucket {
            let tags = try await ObjectSearch.tags(
                aws, bucket: place.bucket, key: place.key, region: region)
            if tags?[ResourceNames.assetTag] == assetId.text {
                return [replacement(place, facts)].compactMap { $0 }
            }
        }
        return []
    }

    private func replacement(
        _ place: (bucket: String, key: String), _ facts: StageEffects.Facts
    ) -> StageEffects.Replacement? {
        let id = "s3://\(place.bucket)/\(place.key)"
        let publication = PublishedThings(facts.results).publication(of: id, madeAt: "")
        guard let publication else { return nil }
        return command.map {
            StageEffects.Replacement(
                id, publication: publication, adoption: $0.adoption(of: place.key, as: stage))
        }
    }

    /// The newest revision of the object that a release names.
    private func named(_ facts: StageEffects.Facts) -> [(bucket: String, key: String)] {
        guard facts.isLost(stage) else { return [] }
        let scheme = "s3://"
        let places = PublishedThings(facts.results).named.compactMap {
            address -> (revision: Int, place: (bucket: String, key: String))? in
            guard address.hasPrefix(scheme) else { return nil }
            let parts = address.dropFirst(scheme.count).split(separator: "/", maxSplits: 1)
            guard parts.count == 2, let revision = keys.revision(of: String(parts[1])) else {
                return nil
            }
            return (revision, (String(parts[0]), String(parts[1])))
        }
        return places.max { $0.revision < $1.revision }.map { [$0.place] } ?? []
    }
}
