package import BuildGraph

/// Commands about the same release as the present one, whole and for a POSIX shell.
package struct ReleaseCommandLine: Sendable {
    private let manifest: String
    private let options: [String]

    /// Makes one.
    ///
    /// - Parameters:
    ///   - manifest: its path, as it was named.
    ///   - options: words that the command repeats, so that it works on the same release.
    package init(manifest: String, options: [String]) {
        self.manifest = manifest
        self.options = options
    }

    /// The same for one variant of a matrix.
    func ofVariant(_ assetId: AssetId) -> ReleaseCommandLine {
        ReleaseCommandLine(manifest: manifest, options: options + ["--asset-id", assetId.text])
    }

    /// The command that removes what runs of a release have left.
    package func cleaning(assetId: String) -> String {
        var options = options
        if !options.contains("--asset-id") { options += ["--asset-id", assetId] }
        return (["dssbatch", "clean", manifest] + options).map(ShellWord.quoted)
            .joined(separator: " ")
    }

    /// The adoption of one thing.
    package func adoption(of id: String, as stage: StageName) -> StageEffects.Adoption {
        let words = ["dssbatch", "adopt", manifest, stage.rawValue, "--id", id] + options
        return StageEffects.Adoption(
            id: id, command: words.map(ShellWord.quoted).joined(separator: " "))
    }
}
