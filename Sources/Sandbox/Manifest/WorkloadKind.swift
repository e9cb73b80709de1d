package import Diagnostics
import JSON

/// The kinds of manifests that commands work on; the file's `/kind` decides.
package enum WorkloadKind {
    /// Every kind that there is.
    package static let all: [any Workload.Type] = [
        ReleaseManifest.self, InfrastructureManifest.self,
    ]

    /// Reads and checks a manifest; nothing else is touched.
    ///
    /// - Parameter wanted: the only kind that makes sense here; nil for any.
    /// - Throws: `manifest.kind` where it is of another kind, `usage.asset-id`, `usage.set`, and
    ///   `json.*` and `manifest.*`, all of severity `.configuration`.
    package static func read(
        contentsOf path: String, overrides: ManifestOverrides, wanted: (any Workload.Type)? = nil
    ) throws -> any Workload {
        let (document, name) = try open(path)
        if name == MatrixManifest.kind { return try variant(path, overrides, wanted) }
        guard let kind = all.first(where: { $0.kind == name }) else {
            throw Self.unsuitable(path, kind: name, wanted: all.map { $0.kind })
        }
        if let wanted, wanted.kind != kind.kind {
            throw unsuitable(path, kind: name, wanted: [wanted.kind])
        }
        if overrides.assetId != nil && !kind.hasAssetId {
            throw Diagnostic(
                code: "usage.asset-id", severity: .configuration,
                summary: "a manifest of kind `\(name)` has no asset id", location: path,
                hint: "leave `--asset-id` out")
        }
        if kind == ReleaseManifest.self {
            return try ReleaseManifest(document, changedBy: overrides, path: path)
        }
        return try kind.init(
            try overrides.applied(to: document), path: path, results: overrides.results)
    }

    /// Reads and checks a release's manifest, and no other.
    ///
    /// - Throws: as `read(contentsOf:overrides:wanted:)`.
    static func release(
        contentsOf path: String, overrides: ManifestOverrides
    ) throws -> ReleaseManifest {
        let (document, name) = try open(path)
        guard name == ReleaseManifest.kind else {
            throw unsuitable(path, kind: name, wanted: [ReleaseManifest.kind])
        }
        return try ReleaseManifest(document, changedBy: overrides, path: path)
    }

    /// The file and its kind: the file decides, before anything is changed about it.
    ///
    /// - Throws: `json.*` and `manifest.*` where it is of no kind at all.
    static func open(_ path: String) throws -> (document: JSONValue, kind: String) {
        let document = try JSONValue.parse(contentsOf: path, limits: .manifest)
        let root = try JSONReader(document, source: path).object()
        let names = all.map { $0.kind } + [MatrixManifest.kind]
        return (document, try root.required("kind").oneOf(names))
    }

    /// The one release of a matrix that `--asset-id` names.
    private static func variant(
        _ path: String, _ overrides: ManifestOverrides, _ wanted: (any Workload.Type)?
    ) throws -> any Workload {
        if let wanted, wanted.kind != ReleaseManifest.kind {
            throw unsuitable(path, kind: MatrixManifest.kind, wanted: [wanted.kind])
        }
        let matrix = try MatrixManifest(contentsOf: path, overrides: overrides)
        let variants = try matrix.variants(named: overrides.assetId)
        guard let variant = variants.first, variants.count == 1 else {
            throw Diagnostic(
                code: "usage.asset-id", severity: .configuration,
                summary: "this command works on one release, and \(variants.count) variants of the "
                    + "matrix are meant", location: path,
                hint: "name one: `--asset-id \(matrix.variants.first?.assetId.text ?? "ID")`")
        }
        return try matrix.release(of: variant)
    }

    /// The error of a manifest that the command cannot work on.
    package static func unsuitable(_ path: String, kind: String, wanted: [String]) -> Diagnostic {
        let names = wanted.map { "`\($0)`" }.joined(separator: " or ")
        return Diagnostic(
            code: "manifest.kind", severity: .configuration,
            summary: "this command needs a manifest of kind \(names), and this one is of kind "
                + "`\(kind)`", location: "\(path)#/kind",
            hint: "name another manifest, such as `manifests/\(wanted.first ?? "release").json`")
    }
}
