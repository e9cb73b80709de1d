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
    package func stages(services: SandboxServices, options: PipelineOptions) -> [any Stage] {
        switch self {
        case .release(let manifest): manifest.stages(services: services, options: options)
        case .infrastructure(let manifest): manifest.stages(services: services)
        }
    }
}
