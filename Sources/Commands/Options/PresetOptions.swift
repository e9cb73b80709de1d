import ArgumentParser

/// The manifest of a command that is a preset over its stages.
struct PresetOptions: ParsableArguments {
    @Option(
        help: "The manifest (default: manifests/release.json).", transform: FileArgument.path)
    var manifest = "manifests/release.json"

    @OptionGroup var changes: ManifestChanges

    /// The same as every other command reads it.
    ///
    /// - Parameter settings: what the command's own options set, before `--set`.
    func manifestOptions(_ settings: [String]) -> ManifestOptions {
        var options = ManifestOptions()
        options.manifest = manifest
        options.changes = changes
        options.changes.settings = settings + changes.settings
        return options
    }
}
