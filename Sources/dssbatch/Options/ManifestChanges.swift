import ArgumentParser
import Foundation
import Sandbox

/// What the command line changes about a manifest.
struct ManifestChanges: ParsableArguments {
    @Option(help: "Asset id; replaces the manifest's.")
    var assetId: String?

    @Option(
        name: .customLong("set"),
        help: "Sets a value of the manifest: /export/prefix=images (repeatable).")
    var settings: [String] = []

    @Option(help: "Folder or s3://bucket/prefix of the results; replaces the manifest's.")
    var results: String?

    @Flag(help: "Use the local cloud of this project, started where none runs.")
    var local = false

    /// A folder named on the command line is relative to where the command is given, not to the
    /// project as in a manifest.
    private static func absolute(_ results: String) -> String {
        results.hasPrefix("s3://") ? results : URL(fileURLWithPath: results).path
    }

    /// The changes in the form that the manifest's reader takes.
    func overrides(region: String?) -> ManifestOverrides {
        .init(
            assetId: assetId, settings: settings, results: results.map(Self.absolute),
            region: region,
            releaseId: ProcessInfo.processInfo.environment[ReleaseManifest.Release.idVariable])
    }
}
