import Diagnostics
package import JSON
import OrderedCollections

extension ReleaseManifest {
    /// Checks a parsed manifest.
    ///
    /// - Parameters:
    ///   - path: the file it came from, for errors and for the project's folder.
    ///   - results: replaces `/results`.
    package init(_ document: JSONValue, path: String, results: String? = nil) throws {
        try self.init(document, path: path, results: results, known: nil)
    }

    /// As another manifest but for what differs: what is the same there is not checked again.
    ///
    /// - Parameter known: was read from the same file.
    init(_ document: JSONValue, like known: ReleaseManifest) throws {
        try self.init(document, path: known.path, results: known.results, known: known)
        let isSame = document["export"] == known.document["export"]
        requestedFormats = isSame ? known.requestedFormats : []
    }

    /// As the command line changes it, which is not what the file itself asks for.
    init(_ file: ManifestFile, changedBy overrides: ManifestOverrides) throws {
        var document = file.document
        if let id = overrides.releaseId, !id.isEmpty {
            document = try Release.setting(id: id, of: document)
        }
        try self.init(
            try overrides.applied(to: document), path: file.path, results: overrides.results,
            known: nil)
        let written = document["export"]?["formats"]?.arrayValue?.compactMap(\.stringValue) ?? []
        requestedFormats = Set(export?.formats ?? []).filter { !written.contains($0.rawValue) }
    }

    private init(
        _ document: JSONValue, path: String, results: String?, known: ReleaseManifest?
    ) throws {
        let root = try JSONReader(document, source: path).object(allowing: [
            "$schema", "kind", "assetId", "region", "versions", "ami", "instance", "provision",
            "export", "docker", "release", "results", "tags", "account",
        ])
        func like(_ names: String...) -> ReleaseManifest? {
            guard let known else { return nil }
            return names.allSatisfy { document[$0] == known.document[$0] } ? known : nil
        }
        _ = try root.optional("$schema")?.string()
        _ = try root.required("kind").oneOf([ManifestKind.release.rawValue])
        let assetId = try root.required("assetId")
        self.path = path
        self.document = document
        project = known?.project ?? ProjectFolder(ofManifest: path)
        self.assetId = try AssetId(assetId.string(), location: assetId.location)
        region = try like("region")?.region ?? Self.region(root.required("region"))
        account = try root.optional("account").map(Self.account)
        let versions = try like("versions")?.versions ?? Self.versions(root.required("versions"))
        self.versions = versions
        ami = try like("ami")?.ami ?? AMI(root.required("ami"))
        instance =
            try like("instance")?.instance ?? Instance(root.optional("instance"), in: root)
        provision =
            try like("provision")?.provision ?? Provision(root.required("provision"))
        export = try like("export")?.export ?? root.optional("export").map(Export.init)
        let hasObjects = export != nil
        tags =
            try like("tags", "export")?.tags
            ?? root.optional("tags").map { try OwnTags($0, hasObjects: hasObjects) } ?? .none
        docker =
            try like("docker", "versions")?.docker
            ?? root.optional("docker").map { try Docker($0, version: versions["sandbox"] ?? "") }
        self.results = try results ?? root.optional("results")?.nonEmptyString() ?? "out"
        release = try like("release")?.release ?? root.optional("release").map(Release.init)
        if like("provision") == nil { try requireFiles() }
        try requireExportableVolume()
    }

    /// Refuses a volume that EC2 does not export.
    ///
    /// Source: <https://docs.aws.amazon.com/vm-import/latest/userguide/limits-image-export.html>
    private func requireExportableVolume() throws {
        guard let export, !export.formats.isEmpty, instance.volumeGiB > Export.largestVolumeGiB
        else { return }
        throw Diagnostic(
            code: "manifest.out-of-range", severity: .configuration,
            summary: "a volume of \(instance.volumeGiB) GiB cannot be exported",
            location: "\(path)#/instance/volumeGiB",
            causes: ["EC2 exports no volume above \(Export.largestVolumeGiB) GiB"],
            hint: "choose \(Export.largestVolumeGiB) or less, or leave `/export` out")
    }

    private func requireFiles() throws {
        for (playbook, pointer) in [
            (provision.playbook, "/provision/playbook"),
            (provision.resetPlaybook, "/provision/playbook"),
        ] { try project.requireFile(playbook, location: "\(path)#\(pointer)") }
        for file in [
            LaunchInstance.template, MachineChecks.machinePlaybook, MachineChecks.diskPlaybook,
        ] { try project.requireFile(file, location: path) }
    }

    private static func region(_ reader: JSONReader) throws -> String {
        try reader.string(
            allowed: "an AWS region such as `eu-central-1`", where: ManifestForm.isRegion)
    }

    /// An account's id, as every kind of manifest may name one.
    static func account(_ reader: JSONReader) throws -> String {
        try reader.string(
            allowed: "an account's id of 12 digits, as a text", where: ManifestForm.isAccount)
    }

    private static func versions(_ reader: JSONReader) throws -> OrderedDictionary<String, String> {
        let object = try reader.object()
        var versions: OrderedDictionary<String, String> = [:]
        for name in object.names { versions[name] = try object.required(name).string() }
        _ = try object.required("sandbox").nonEmptyString()
        return versions
    }
}

extension ReleaseManifest.AMI {
    init(_ reader: JSONReader) throws {
        let ami = try reader.object(allowing: [
            "base", "namePrefix", "public", "copyToRegions", "deprecateAfterDays",
        ])
        base = try ReleaseManifest.BaseImage(ami.required("base"))
        namePrefix = try ami.required("namePrefix").nonEmptyString()
        isPublic = try ami.optional("public")?.bool() ?? false
        let regions = ami.optional("copyToRegions")
        copyToRegions =
            try regions?.array { region in
                try region.string(
                    allowed: "an AWS region such as `us-east-1`", where: ManifestForm.isRegion)
            } ?? []
        if let regions, Set(copyToRegions).count != copyToRegions.count {
            throw regions.diagnostic(
                code: "manifest.duplicate", summary: "a region is named twice",
                hint: "name each region once")
        }
        deprecateAfterDays = try ami.optional("deprecateAfterDays")?.integer(
            in: 1...DeprecateAMI.longestDays)
    }
}

extension ReleaseManifest.BaseImage {
    init(_ reader: JSONReader) throws {
        let names = try reader.object().names
        if names.contains("id") {
            self = .id(
                try reader.object(allowing: ["id"]).required("id").string(
                    allowed: "an image's id such as `ami-0123abcd`", where: ManifestForm.isImageId))
        } else if names.contains("ssmParameter") {
            let base = try reader.object(allowing: ["ssmParameter"])
            self = .ssmParameter(try base.required("ssmParameter").nonEmptyString())
        } else {
            let base = try reader.object(allowing: [
                "owner", "architecture", "name", "id", "ssmParameter",
            ])
            self = .newest(
                owner: try base.required("owner").nonEmptyString(),
                architecture: try base.optional("architecture")?.oneOf(["x86_64", "arm64"])
                    ?? "x86_64",
                name: try base.required("name").nonEmptyString())
        }
    }

    /// The canonical value: a default written out equals one left out.
    var setting: JSONValue {
        switch self {
        case .id(let id): ["id": .string(id)]
        case .ssmParameter(let name): ["ssmParameter": .string(name)]
        case .newest(let owner, let architecture, let name):
            [
                "owner": .string(owner), "architecture": .string(architecture),
                "name": .string(name),
            ]
        }
    }
}

extension ReleaseManifest.Instance {
    init(_ reader: JSONReader?, in root: JSONObjectReader) throws {
        let instance = try (reader ?? root.required("instance")).object(allowing: [
            "type", "types", "volumeGiB", "user", "sshPort", "ingressCidr",
        ])
        type = try instance.required("type").nonEmptyString()
        volumeGiB = try instance.required("volumeGiB").integer(in: 8...16_384)
        user =
            try instance.optional("user")?.string(
                allowed: "a user's name, such as `ubuntu`", where: ManifestForm.isUserName)
            ?? "ubuntu"
        sshPort = try instance.optional("sshPort")?.integer(in: 1...65_535) ?? 22
        let cidr = instance.optional("ingressCidr")
        let text = try cidr?.string() ?? "auto"
        if let cidr, text != "auto" { _ = try CIDRBlock(text, location: cidr.location) }
        ingressCidr = text == "auto" ? nil : text
        let others = instance.optional("types")
        types = try others?.array { try $0.nonEmptyString() } ?? []
        if let others, Set(allTypes).count != allTypes.count {
            throw others.diagnostic(
                code: "manifest.duplicate", summary: "a type is named twice",
                hint: "name each type once, and not `/instance/type` again")
        }
    }
}

extension ReleaseManifest.Provision {
    init(_ reader: JSONReader) throws {
        let provision = try reader.object(allowing: ["playbook", "variables"])
        playbook = try provision.required("playbook").nonEmptyString()
        variables =
            try provision.optional("variables").map { reader in
                _ = try reader.object()
                return reader.value
            } ?? [:]
    }
}

extension ReleaseManifest.Export {
    static let largestVolumeGiB = 1024

    init(_ reader: JSONReader) throws {
        let export = try reader.object(allowing: [
            "formats", "prefix", "verify", "bucket", "role", "checksum",
        ])
        let list = try export.required("formats")
        formats = try list.array { try $0.oneOf(ImageFormat.self) }
        if Set(formats).count != formats.count {
            throw list.diagnostic(
                code: "manifest.duplicate", summary: "a format is named twice",
                hint: "name each format once")
        }
        prefix = try export.required("prefix").string(
            allowed: "an S3 key prefix without an empty, `.` or `..` segment",
            where: Self.isPrefix)
        verify = try export.optional("verify")?.bool()
        checksum =
            try export.optional("checksum")?.oneOf(ReleaseManifest.ChecksumKind.self)
            ?? .sha256
        bucket = try Self.bucket(export)
    }

    private static func isPrefix(_ text: String) -> Bool {
        text.utf8.count <= 512
            && text.split(separator: "/", omittingEmptySubsequences: false)
                .allSatisfy { !["", ".", ".."].contains($0) }
    }

    private static func bucket(_ export: JSONObjectReader) throws -> ReleaseManifest.ExportBucket {
        let reader = try export.required("bucket")
        if case .string = reader.value {
            let name = try reader.string(
                allowed: "a bucket's name", where: ManifestForm.isBucket)
            return .named(bucket: name, role: try export.required("role").nonEmptyString())
        }
        if let role = export.optional("role") {
            throw role.diagnostic(
                code: "manifest.unknown-field",
                summary: "`role` goes with a bucket's name, not with a stack",
                hint: "leave `role` out: the stack names its own")
        }
        let stack = try reader.object(allowing: ["stack"]).required("stack").nonEmptyString()
        return .stack(stack)
    }

    /// The settings that an exported image depends on, by JSON Pointer.
    var settings: [(pointer: String, value: JSONValue)] {
        var all: [(pointer: String, value: JSONValue)] = [
            ("/export/prefix", .string(prefix)), ("/export/checksum", .string(checksum.rawValue)),
        ]
        switch bucket {
        case .stack(let name): all.append(("/export/bucket", ["stack": .string(name)]))
        case .named(let bucket, let role):
            all.append(("/export/bucket", .string(bucket)))
            all.append(("/export/role", .string(role)))
        }
        return all
    }
}
