import Diagnostics

/// What sort of thing belongs to an asset; the order is the order of removal: what holds on to
/// something else comes before it.
package enum AssetKind: String, Sendable, CaseIterable {
    case stack
    case instance
    case keyPair = "key-pair"
    case exportTask = "export-task"
    case ami
    case snapshot
    case volume
    case securityGroup = "security-group"
    case upload
    case object
    case container
    case dockerImage = "docker-image"
    /// A folder of this machine: a private key, or a virtual machine's disk.
    case folder
    /// What no search finds and only the journal names: a change set, what is being retired, or
    /// what another version of this program wrote down.
    case unknown

    /// The kinds that AWS holds, which are those that can be asked for.
    package static let inAWS: [AssetKind] = [
        .ami, .snapshot, .object, .exportTask, .stack, .keyPair, .instance, .volume,
        .securityGroup, .upload,
    ]

    /// The kinds of these names; every kind in AWS where none is named.
    ///
    /// - Throws: `assets.unknown-type` of severity `.configuration`, which names the nearest one.
    package static func named(_ names: [String]) throws -> Set<AssetKind> {
        if names.isEmpty { return Set(inAWS) }
        let allowed = inAWS.map(\.rawValue)
        return Set(
            try names.map { name in
                guard allowed.contains(name), let kind = AssetKind(rawValue: name) else {
                    throw Diagnostic(
                        code: "assets.unknown-type", severity: .configuration,
                        summary: "there is no type `\(name)` of assets", location: "--type",
                        hint: NameSuggestion.hint(for: name, among: allowed))
                }
                return kind
            })
    }

    /// What events call it: as the journal does, where stages make such things.
    var resource: String {
        switch self {
        case .stack: LeftoverKind.stack.rawValue
        case .instance: "ec2:instance"
        case .keyPair: LeftoverKind.keyPair.rawValue
        case .exportTask: LeftoverKind.exportTask.rawValue
        case .ami: LeftoverKind.image.rawValue
        case .snapshot: "ec2:snapshot"
        case .volume: "ec2:volume"
        case .securityGroup: "ec2:security-group"
        case .upload: LeftoverKind.upload.rawValue
        case .object: LeftoverKind.object.rawValue
        case .container: LeftoverKind.container.rawValue
        case .dockerImage: LeftoverKind.dockerImage.rawValue
        case .folder: LeftoverKind.privateKey.rawValue
        case .unknown: rawValue
        }
    }

    /// Its place in the order of removal.
    var rank: Int { Self.allCases.firstIndex(of: self) ?? Self.allCases.count }
}
