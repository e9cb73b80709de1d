import Diagnostics
import FoundationEssentials

/// Where the builds of a batch find the matrix, and where they record.
package struct DistributionPlace: Sendable {
    /// The matrix, relative to the repository's root.
    package let manifest: String
    /// Matrix and base, as far as they lie in the repository.
    package let files: [String]
    /// An `s3://` address.
    package let results: String

    /// - Throws: `distribute.results`, `distribute.outside`.
    package init(_ matrix: MatrixManifest) throws {
        results = matrix.base.results
        guard results.hasPrefix("s3://") else {
            throw Diagnostic(
                code: "distribute.results", severity: .configuration,
                summary: "builds on several machines cannot record in the folder `\(results)`",
                location: matrix.path, hint: "name a place in S3: `--results s3://bucket/prefix`")
        }
        let root = matrix.base.project.path + "/"
        let path = URL(fileURLWithPath: matrix.path).standardizedFileURL.path
        guard path.hasPrefix(root) else {
            throw Diagnostic(
                code: "distribute.outside", severity: .configuration,
                summary: "the matrix is not in the project that the builds clone",
                location: matrix.path, causes: ["that is `\(matrix.base.project.path)`"],
                hint: "move it there and commit it")
        }
        manifest = String(path.dropFirst(root.count))
        let base = URL(fileURLWithPath: matrix.base.path).standardizedFileURL.path
        files = [path, base].filter { $0.hasPrefix(root) }.map { String($0.dropFirst(root.count)) }
    }
}
