import ArgumentParser

/// The manifest of a command that is a preset over its stages.
struct PresetOptions: ParsableArguments {
    @Option(help: "The manifest.")
    var manifest = "manifests/release.json"

    @Option(help: "Asset id; replaces the manifest's.")
    var assetId: String?

    @Option(
        name: .customLong("set"),
        help: "Sets a value of the manifest: /export/prefix=images (repeatable).")
    var settings: [String] = []

    @Option(help: "Folder of the results; replaces the manifest's.")
    var results: String?

    @Flag(help: "Use the local cloud of this project, started where none runs.")
    var local = false

    /// The same as every other command reads it.
    ///
    /// - Parameter settings: what the command's own options set, before `--set`.
    func manifestOptions(_ settings: [String]) -> ManifestOptions {
        var options = ManifestOptions()
        options.manifest = manifest
        options.assetId = assetId
        options.settings = settings + self.settings
        options.results = results
        options.local = local
        return options
    }
}
