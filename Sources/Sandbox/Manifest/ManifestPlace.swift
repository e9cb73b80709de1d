/// Where a manifest of any kind belongs: what services and results are found by.
package struct ManifestPlace: Sendable {
    /// The file that was read, as named on the command line.
    package let path: String
    /// The folder that relative paths start from.
    package let project: ProjectFolder
    /// The region that it names for everything that names none.
    package let region: String
    /// The only account that it is for; nil for any.
    package let account: String?
    /// Folder (relative to the project) or `s3://` address of the results.
    package let results: String
}
