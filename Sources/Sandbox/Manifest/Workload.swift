package import BuildGraph
package import JSON

/// What a manifest of any kind is to the commands: somewhere, stages, and a place for results.
///
/// A new kind of manifest is a type of its own and a line in `WorkloadKind`.
package protocol Workload: Sendable {
    /// The value of `/kind`.
    static var kind: String { get }
    /// Whether it has an asset id, so that `--asset-id` makes sense.
    static var hasAssetId: Bool { get }

    /// The file that was read, as named on the command line.
    var path: String { get }
    /// The folder that relative paths start from.
    var project: ProjectFolder { get }
    /// The manifest as it stands after what the command line changed.
    var document: JSONValue { get }
    /// The region that it names for everything that names none.
    var region: String { get }
    /// The only account that it is for; nil for any.
    var account: String? { get }
    /// Folder (relative to the project) or `s3://` address of the results.
    var results: String { get }
    /// The folder in there that is its own: the asset id of a release.
    var storeName: String { get }

    /// The permanent stacks that its stages deploy.
    var permanentStacks: [InfrastructureManifest.Stack] { get }

    /// Checks a parsed manifest.
    ///
    /// - Parameters:
    ///   - path: the file it came from, for errors and for the project's folder.
    ///   - results: replaces `/results`.
    /// - Throws: `json.*` and `manifest.*`, all of severity `.configuration`.
    init(_ document: JSONValue, path: String, results: String?) throws

    /// Every stage that the manifest asks for.
    func stages(services: SandboxServices, options: PipelineOptions) -> [any Stage]
}

extension Workload {
    /// None.
    package var permanentStacks: [InfrastructureManifest.Stack] { [] }
}
