import ArgumentParser
import Releasing

/// The manifest and what the command line changes about it.
struct ManifestOptions: ParsableArguments {
    @Argument(
        help: "The manifest, such as manifests/release.json.",
        completion: ManifestCompletion.manifests)
    var manifest: String

    @OptionGroup var changes: ManifestChanges

    /// Reads it, whatever its kind.
    ///
    /// - Parameter single: an option that is given and makes sense for one release only: a matrix
    ///   counts as the one release that `--asset-id` names then.
    /// - Throws: as `Manifest`; `usage.results`, `usage.matrix`.
    func read(
        _ global: GlobalOptions, _ call: Invocation, single: String? = nil
    ) throws -> Manifest {
        let manifest = try Manifest(
            contentsOf: manifest, changedBy: changes.overrides(global, call))
        guard let single, case .matrix(let matrix) = manifest else { return manifest }
        guard try matrix.variants(named: changes.assetId).count == 1 else {
            throw MatrixText.needsOneVariant(single)
        }
        return .single(try manifest.single(named: changes.assetId))
    }

    /// Reads it for a command that works on one release or on the permanent stacks.
    ///
    /// - Throws: as `Manifest`; `usage.results`, `usage.asset-id`.
    func session(_ global: GlobalOptions, _ call: Invocation) throws -> Session {
        let single = try read(global, call).single(named: changes.assetId)
        return try Session(single, changes, global, call, named: manifest)
    }

    /// Reads it for a command that works on a matrix alone.
    ///
    /// - Throws: as `Manifest.matrix(contentsOf:changedBy:)`; `usage.results`, `usage.asset-id`.
    func matrixSession(_ global: GlobalOptions, _ call: Invocation) throws -> MatrixSession {
        let matrix = try Manifest.matrix(
            contentsOf: manifest, changedBy: changes.overrides(global, call))
        return try MatrixSession(matrix, changes, global, call)
    }
}
