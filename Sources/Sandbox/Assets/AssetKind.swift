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
    /// What another version of this program wrote down.
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

    /// The kind of what the journal calls a resource.
    init(resource: String) {
        self = Self.resources.first { $0.value == resource }?.key ?? .unknown
        if resource == WorkFolder.resource { self = .folder }
        if resource == BIOSImage.resource { self = .ami }
    }

    /// What the journal and events call it.
    package var resource: String { Self.resources[self] ?? rawValue }

    private static let resources: [AssetKind: String] = [
        .stack: "cloudformation:stack", .instance: "ec2:instance", .keyPair: "ec2:key-pair",
        .exportTask: ExportVMImage.taskResource, .ami: CreateAMI.resource,
        .snapshot: "ec2:snapshot", .volume: "ec2:volume",
        .securityGroup: "ec2:security-group", .upload: ObjectCopy.resource,
        .object: UploadInventory.resource, .container: TemporaryContainer.resource,
        .dockerImage: BuildDockerImage.imageResource, .folder: LaunchInstance.keyFileResource,
    ]

    /// Its place in the order of removal.
    var rank: Int { Self.allCases.firstIndex(of: self) ?? Self.allCases.count }
}
