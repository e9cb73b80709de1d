import BuildGraph
import Diagnostics
import DockerEngine
import JSON

/// What a release has on the Docker engine: containers by their label, images by what is
/// recorded and their label.
struct DockerAssets: Sendable {
    let engine: any ContainerEngine
    let assetId: String

    /// Looks for them.
    func find(records: [ResultRecord]) async throws -> [Asset] {
        let label = ResourceNames.assetTag
        var assets = try await engine.findContainers(label: label, value: assetId).map {
            asset(.container, $0.id, name: $0.name, labels: $0.labels)
        }
        let ids = records.flatMap(\.everyOutput).compactMap { outputs -> String? in
            outputs["baseImage"]?.stringValue == nil ? nil : outputs["imageId"]?.stringValue
        }
        for id in Set(ids).sorted() {
            guard let image = try await engine.inspectImage(id), image.labels[label] == assetId
            else { continue }
            var asset = asset(.dockerImage, image.id, name: image.tags.first, labels: image.labels)
            asset.sizeBytes = image.sizeBytes
            // No label says which run it is of; that it is recorded does.
            asset.runId =
                records.first { $0.lastGood?.outputs?["imageId"] == .string(id) }?
                .lastGood?.runId
            assets.append(asset)
        }
        return assets
    }

    private func asset(
        _ kind: AssetKind, _ id: String, name: String?, labels: [String: String]
    ) -> Asset {
        var asset = Asset(
            kind: kind, id: id, region: LeftoverKind.Place.engine.rawValue, assetId: assetId,
            runId: labels[ResourceNames.runTag], name: name)
        asset.role = .artifact
        return asset
    }
}
