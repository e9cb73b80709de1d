import BuildGraph
import Diagnostics
import DockerEngine

/// What two variants of a matrix must not both make: the second would replace the first's.
struct MatrixCollisions {
    private var known: [String: (assetId: String, content: [StageInput])] = [:]
    /// Whose name each is, and whose it would be as a revision of another's.
    private var names: [String: String] = [:]
    private var bases: [String: String] = [:]

    /// Knows nothing yet.
    init() {}

    /// Checks a variant against those before it.
    ///
    /// - Parameter location: where the variant stands.
    /// - Throws: `manifest.collision`.
    mutating func add(_ release: ReleaseManifest, location: String) throws {
        try claimRevisions(of: release, location)
        let name = ResourceNames.image(
            prefix: release.ami.namePrefix, assetId: release.assetId.text)
        for region in release.regions {
            try claim(
                "image `\(name)` in `\(region)`", release, location,
                hint:
                    "EC2 takes some characters of an asset id for `-`: choose other ids, or other "
                    + "values of `/ami/namePrefix`")
        }
        if let settings = release.release, let id = settings.id {
            try claim(
                "release \(id) of `\(settings.repository)`", release, location,
                hint: "give each variant a `/release/id` of its own")
        }
        if let docker = release.docker {
            // The same image is made once and shared; another of the same name is a mistake.
            for tag in docker.tags {
                try claim(
                    "Docker image `\(docker.repository.tagged(tag))`", release, location,
                    content: BuildDockerImage.inputs(docker, of: release),
                    hint: tag == docker.version
                        ? "set `/versions/sandbox` or `/docker/repository` where the image differs"
                        : "set `/docker/tags` of each variant to tags of its own")
            }
        }
    }

    /// Refuses `X` beside `X-r2`: the first's second revision would have the other's name.
    private mutating func claimRevisions(
        of release: ReleaseManifest, _ location: String
    ) throws {
        let assetId = release.assetId.text
        let image = ResourceNames.image(prefix: release.ami.namePrefix, assetId: assetId)
        for name in ["id \(assetId)"] + release.regions.map({ "image \($0)/\(image)" }) {
            let base = Self.base(ofRevision: name)
            if let other = base.flatMap({ names[$0] }) ?? bases[name], other != assetId {
                throw Diagnostic(
                    code: "manifest.collision", severity: .configuration,
                    summary: "variants `\(other)` and `\(assetId)` both make revisions of the "
                        + "same names",
                    location: location,
                    hint: "what replaces an image of `X` is named `X-r2` and so on: choose "
                        + "another asset id")
            }
            names[name] = names[name] ?? assetId
            if let base { bases[base] = bases[base] ?? assetId }
        }
    }

    /// `X` of `X-r2`; nil for the name of no revision.
    private static func base(ofRevision name: String) -> String? {
        let bytes = name.utf8
        guard let start = bytes.lastIndex(where: { !$0.isDigit }), bytes[start...].count > 1 else {
            return nil
        }
        let base = name[...start]
        return base.hasSuffix("-r") && base.count > 2 ? String(base.dropLast(2)) : nil
    }

    private mutating func claim(
        _ thing: String, _ release: ReleaseManifest, _ location: String,
        content: [StageInput]? = nil, hint: String
    ) throws {
        let assetId = release.assetId.text
        guard let other = known[thing] else {
            known[thing] = (assetId, content ?? [])
            return
        }
        if let content, content == other.content { return }
        throw Diagnostic(
            code: "manifest.collision", severity: .configuration,
            summary: "variants `\(other.assetId)` and `\(assetId)` both make \(thing)",
            location: location, hint: hint)
    }
}
