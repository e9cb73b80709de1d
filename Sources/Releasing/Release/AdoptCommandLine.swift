package import BuildGraph

/// The command that records what is there as a stage's output, whole and for a POSIX shell.
package struct AdoptCommandLine: Sendable {
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
    func ofVariant(_ assetId: AssetId) -> AdoptCommandLine {
        AdoptCommandLine(manifest: manifest, options: options + ["--asset-id", assetId.text])
    }

    /// The adoption of one thing.
    package func adoption(of id: String, as stage: StageName) -> StageEffects.Adoption {
        let words = ["dssbatch", "adopt", manifest, stage.rawValue, "--id", id] + options
        return StageEffects.Adoption(
            id: id, command: words.map(ShellWord.quoted).joined(separator: " "))
    }
}
