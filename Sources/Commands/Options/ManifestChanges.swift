import ArgumentParser
import FoundationEssentials
import Releasing

/// What the command line changes about a manifest.
struct ManifestChanges: ParsableArguments {
    @Option(
        help: ArgumentHelp("Asset id; replaces the manifest's.", valueName: "id"),
        completion: ManifestCompletion.assetIds)
    var assetId: String?

    @Option(
        name: .customLong("set"),
        help: ArgumentHelp(
            "Sets a value of the manifest: /export/prefix=images (repeatable).",
            valueName: "pointer=value"))
    var settings: [String] = []

    @Option(
        help: ArgumentHelp(
            """
            Folder or s3://bucket/prefix of the results; replaces the manifest's. With --local \
            and without this, a folder NAME becomes NAME-local.
            """, valueName: "place"))
    var results: String?

    @Flag(help: "Use the local cloud of this project, started where none runs.")
    var local = false

    /// Whether a folder of results is one of the local cloud's own: nobody has named another.
    var hasOwnLocalResults: Bool { local && results == nil }

    /// A folder named on the command line is relative to where the command is given, not to the
    /// project as in a manifest.
    private static func absolute(
        _ results: String, _ environment: [String: String]
    ) throws -> String {
        switch try ResultsAddress(
            results, source: "--results", code: "usage.results", home: environment["HOME"])
        {
        case .s3(let address): address
        case .folder(let path): URL(fileURLWithPath: path).path
        }
    }

    /// The changes in the form that the manifest's reader takes.
    ///
    /// - Parameter more: what the command's own options set, before `--set`.
    /// - Throws: `usage.results`.
    func overrides(
        _ global: GlobalOptions, _ call: Invocation, _ more: [String] = []
    ) throws -> ManifestOverrides {
        ManifestOverrides(
            assetId: assetId, settings: more + settings,
            results: try results.map { try Self.absolute($0, call.environment) },
            region: global.region,
            releaseId: call.environment[ReleaseManifest.Release.idVariable])
    }

    /// Commands about the same release in the same place.
    ///
    /// - Parameters:
    ///   - manifest: its file, as named on the command line.
    ///   - assetId: of the release, where this command line names one.
    func commandLine(
        of manifest: String, _ options: GlobalOptions, assetId: String? = nil
    ) -> ReleaseCommandLine {
        let values: [(option: String, value: String?)] =
            [("--asset-id", assetId)]
            + settings.map { ("--set", $0) }
            + [
                ("--results", results), ("--aws-profile", options.awsProfile),
                ("--region", options.region), ("--endpoint-url", options.endpointUrl),
            ]
        return ReleaseCommandLine(
            manifest: manifest,
            options: values.flatMap { option, value in value.map { [option, $0] } ?? [] }
                + (local ? ["--local"] : []))
    }
}
