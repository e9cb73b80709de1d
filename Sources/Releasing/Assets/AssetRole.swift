/// What a thing is to its asset, which decides what `clean` does with it.
package enum AssetRole: String, Sendable {
    /// Made for a while and forgotten: it costs money and serves nothing.
    case leftover
    /// What a release is there for: a usable AMI, its snapshots, objects under their final keys.
    case artifact
    /// Recorded, but replaced or not asked for any more, and named by nothing published.
    case superseded
    /// Something else uses it.
    case inUse = "in-use"
    /// Over already; AWS shows it for a while and then forgets it.
    case ended
}

extension AssetRole {
    /// Gives every thing its role; pure.
    ///
    /// - Parameter assets: everything that was found; a snapshot is judged by the AMIs among it.
    package static func classified(_ assets: [Asset]) -> [Asset] {
        let kept = assets.filter { $0.kind == .ami && ofImage($0) == .artifact }
        let snapshots = Set(kept.flatMap(\.snapshotPlaces))
        return assets.map { asset in
            var judged = asset
            judged.role = role(of: asset, isOfImage: snapshots.contains(asset.place))
            return judged
        }
    }

    private static func role(of asset: Asset, isOfImage: Bool) -> AssetRole {
        if asset.holder != nil { return .inUse }
        switch asset.kind {
        case .ami: return ofImage(asset)
        case .snapshot: return isOfImage ? .artifact : .leftover
        case .object: return asset.proof == .tag ? .artifact : .leftover
        case .exportTask: return asset.state == "active" ? .leftover : .ended
        case .container, .dockerImage: return .artifact
        default: return .leftover
        }
    }

    private static func ofImage(_ image: Asset) -> AssetRole {
        switch image.state {
        case "available", "disabled": image.exportOf == nil ? .artifact : .leftover
        case "deregistered": .ended
        default: .leftover
        }
    }
}
