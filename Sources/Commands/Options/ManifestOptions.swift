import ArgumentParser

/// The manifest and what the command line changes about it.
struct ManifestOptions: ParsableArguments {
    @Argument(help: "The manifest, such as manifests/release.json.")
    var manifest: String

    @OptionGroup var changes: ManifestChanges
}
