import Diagnostics

/// The doors of commands that work on one kind only.
extension Manifest {
    /// The manifest of a release; of a matrix, of the one that the asset id of `overrides` names.
    ///
    /// - Returns: it, and the matrix that it is of.
    /// - Throws: `manifest.kind`; as `init(contentsOf:changedBy:)`.
    package static func release(
        contentsOf path: String, changedBy overrides: ManifestOverrides
    ) throws -> (release: ReleaseManifest, matrix: MatrixManifest?) {
        let file = try ManifestFile(path)
        if file.kind == .matrix {
            let matrix = try MatrixManifest(file, changedBy: overrides)
            return (try matrix.release(named: overrides.assetId), matrix)
        }
        try file.require(.release)
        return (try ReleaseManifest(file, changedBy: overrides), nil)
    }

    /// The manifest of the permanent stacks.
    ///
    /// - Throws: `manifest.kind`; as `init(contentsOf:changedBy:)`.
    package static func infrastructure(
        contentsOf path: String, changedBy overrides: ManifestOverrides
    ) throws -> InfrastructureManifest {
        let file = try ManifestFile(path)
        try file.require(.infrastructure)
        return try InfrastructureManifest(file, changedBy: overrides)
    }

    /// The manifest of a matrix.
    ///
    /// - Throws: `manifest.kind`; as `init(contentsOf:changedBy:)`.
    package static func matrix(
        contentsOf path: String, changedBy overrides: ManifestOverrides
    ) throws -> MatrixManifest {
        let file = try ManifestFile(path)
        try file.require(.matrix)
        return try MatrixManifest(file, changedBy: overrides)
    }
}
