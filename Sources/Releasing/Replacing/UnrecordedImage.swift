import AWS
import BuildGraph

/// The published image of a stage of which nothing is recorded any more.
///
/// Results get lost: deleted, spoiled, or on another machine. The image that they told of is there
/// all the same, and who uses it would get another one beside it.
struct UnrecordedImage {
    let stage: StageName
    let region: String
    let assetId: AssetId
    /// How it is adopted; nil where that makes no sense, and nothing is looked for.
    let command: ReleaseCommandLine?

    /// What other stages' results tell of it, where that is one image for certain.
    func told(_ facts: StageEffects.Facts) -> [StageEffects.Replacement] {
        guard facts.isLost(stage) else { return [] }
        let published = PublishedThings(facts.results)
        let recorded = Self.recorded(facts)
        let named = published.named.filter { $0.hasPrefix("ami-") && !recorded.contains($0) }
        // Names have no region: where the image itself is lost, its copies could claim it as well.
        let only = stage == "ami" && named.count == 1 ? named.first : nil
        guard let id = published.publicImages[region] ?? only,
            let publication = published.publication(of: id, madeAt: "")
        else { return [] }
        return [replacement(id, publication)].compactMap { $0 }
    }

    /// The newest published image that carries the asset's tag and that nothing records.
    ///
    /// - Throws: what EC2 answers.
    func find(
        _ facts: StageEffects.Facts, aws: any AWSCaller
    ) async throws -> [StageEffects.Replacement] {
        guard command != nil, facts.isLost(stage) else { return [] }
        let published = PublishedThings(facts.results)
        let recorded = Self.recorded(facts)
        let found = try await EC2Images.tagged(assetId, aws: aws, region: region)
            .filter { !recorded.contains($0.id) }
            .sorted { ($0.creationDate ?? "") > ($1.creationDate ?? "") }
        for image in found {
            let date = image.creationDate ?? ""
            let own = image.isPublic ? "public, made on \(date.prefix(10))" : nil
            if let publication = published.publication(of: image.id, madeAt: date) ?? own {
                return [replacement(image.id, publication)].compactMap { $0 }
            }
        }
        return []
    }

    private func replacement(_ id: String, _ publication: String) -> StageEffects.Replacement? {
        command.map {
            StageEffects.Replacement(
                "image \(id)", publication: publication, adoption: $0.adoption(of: id, as: stage))
        }
    }

    /// Every image that a stage records.
    private static func recorded(_ facts: StageEffects.Facts) -> Set<String> {
        Set(
            facts.results.flatMap { name, stored in
                (stored.record?.everyGood ?? []).flatMap {
                    ReplacedThing.made(by: $0, of: name, region: "").map(\.id)
                }
            })
    }
}

extension StageEffects.Facts {
    /// Whether no good run of a stage is recorded.
    func isLost(_ stage: StageName) -> Bool { results[stage]?.record?.lastGood == nil }
}
