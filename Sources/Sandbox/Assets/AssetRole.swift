/// What a thing is to its asset, which decides what `clean` does with it.
package enum AssetRole: String, Sendable {
    /// Made for a while and forgotten: it costs money and serves nothing.
    case leftover
    /// What a release is there for: a usable AMI, its snapshots, objects under their final keys.
    case artifact
    /// Something else uses it.
    case inUse = "in-use"
    /// Over already; AWS shows it for a while and then forgets it.
    case ended
}

extension AssetRole {
    /// Gives every thing its role; pure.
    ///
    /// - Parameters:
    ///   - assets: everything that was found; a snapshot is judged by the AMIs among it.
    ///   - lastingRuns: runs whose machine is a recorded output, to be kept until it is removed
    ///     as one.
    package static func classified(_ assets: [Asset], lastingRuns: Set<String> = []) -> [Asset] {
        let kept = assets.filter { $0.kind == .ami && ofImage($0.state) == .artifact }
        let snapshots = Set(kept.flatMap { ami in ami.snapshotIds.map { "\(ami.region)/\($0)" } })
        return assets.map { asset in
            var judged = asset
            let isOfImage = snapshots.contains("\(asset.region)/\(asset.id)")
            judged.role = role(of: asset, isOfImage: isOfImage)
            if judged.role == .leftover, ofMachine.contains(asset.kind),
                asset.runId.map(lastingRuns.contains) == true
            {
                judged.role = .artifact
            }
            return judged
        }
    }

    private static let ofMachine: Set<AssetKind> = [
        .stack, .instance, .keyPair, .volume, .securityGroup,
    ]

    private static func role(of asset: Asset, isOfImage: Bool) -> AssetRole {
        if asset.holder != nil { return .inUse }
        switch asset.kind {
        case .ami: return ofImage(asset.state)
        case .snapshot: return isOfImage ? .artifact : .leftover
        case .object: return asset.proof == .tag ? .artifact : .leftover
        case .exportTask: return asset.state == "active" ? .leftover : .ended
        case .container, .dockerImage: return .artifact
        default: return .leftover
        }
    }

    private static func ofImage(_ state: String?) -> AssetRole {
        switch state {
        case "available", "disabled": .artifact
        case "deregistered": .ended
        default: .leftover
        }
    }
}
