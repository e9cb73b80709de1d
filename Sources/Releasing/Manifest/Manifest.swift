import Diagnostics

/// A manifest, read and checked once: one workplace's, or a matrix of many.
///
/// A new kind is a type of its own, a case of `ManifestKind`, and one here or in
/// `SingleManifest`; the compiler names every place that has to know.
package enum Manifest: Sendable {
    case single(SingleManifest)
    case matrix(MatrixManifest)

    /// Reads and checks a manifest of any kind; nothing else is touched.
    ///
    /// - Throws: `usage.asset-id`, `usage.set`, and `file.*`, `json.*` and `manifest.*`, all of
    ///   severity `.configuration`.
    package init(contentsOf path: String, changedBy overrides: ManifestOverrides) throws {
        let file = try ManifestFile(path)
        switch file.kind {
        case .release:
            self = .single(.release(try ReleaseManifest(file, changedBy: overrides)))
        case .infrastructure:
            self = .single(.infrastructure(try InfrastructureManifest(file, changedBy: overrides)))
        case .matrix: self = .matrix(try MatrixManifest(file, changedBy: overrides))
        }
    }

    /// The manifest of one workplace: of a matrix, the one release that a text names.
    ///
    /// - Throws: `usage.asset-id` where that names none or several.
    package func single(named assetId: String?) throws -> SingleManifest {
        switch self {
        case .single(let manifest): manifest
        case .matrix(let matrix): .release(try matrix.release(named: assetId))
        }
    }
}
