package import BuildGraph

/// The manifest of one workplace: one folder of results, one graph of stages.
package enum SingleManifest: Sendable {
    case release(ReleaseManifest)
    case infrastructure(InfrastructureManifest)

    /// Where it belongs.
    package var place: ManifestPlace {
        switch self {
        case .release(let manifest): manifest.place
        case .infrastructure(let manifest): manifest.place
        }
    }

    /// The folder among the results that is its own: the asset id of a release.
    package var storeName: String {
        switch self {
        case .release(let manifest): manifest.assetId.text
        case .infrastructure: ManifestKind.infrastructure.rawValue
        }
    }

    /// The release; nil where it is of none.
    package var release: ReleaseManifest? {
        if case .release(let manifest) = self { manifest } else { nil }
    }

    /// The permanent stacks that its stages deploy.
    package var permanentStacks: [InfrastructureManifest.Stack] {
        if case .infrastructure(let manifest) = self { manifest.stacks } else { [] }
    }

    /// Every stage that the manifest asks for.
    ///
    /// - Parameters:
    ///   - layout: of a release.
    ///   - folder: the absolute folder of the results, where it is asked for.
    /// - Throws: what `folder` throws.
    package func stages(
        services: Services, layout: PipelineLayout, folder: () throws -> String
    ) throws -> [any Stage] {
        switch self {
        case .release(let manifest):
            try manifest.stages(services: services, layout: layout, folder: folder)
        case .infrastructure(let manifest): manifest.stages(services: services)
        }
    }
}
