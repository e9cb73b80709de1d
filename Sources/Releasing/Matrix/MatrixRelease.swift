import Synchronization

/// The release of one variant, read from the base when it is first asked for.
final class MatrixRelease: Sendable {
    private let variant: MatrixVariant
    private let matrix: MatrixManifest
    private let known = Mutex<Result<ReleaseManifest, any Error>?>(nil)

    init(_ variant: MatrixVariant, of matrix: MatrixManifest) {
        self.variant = variant
        self.matrix = matrix
    }

    /// Where the variant stands.
    var location: String { variant.location }

    /// The manifest.
    ///
    /// - Throws: as `MatrixManifest.release(of:)`.
    var manifest: ReleaseManifest {
        get throws {
            try known.withLock { known in
                let result = known ?? Result { try matrix.release(of: variant) }
                known = result
                return try result.get()
            }
        }
    }
}
