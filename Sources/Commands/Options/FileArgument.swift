import ArgumentParser
import Releasing

/// A file that an option names.
enum FileArgument {
    /// The path as it was written.
    ///
    /// A shell expands neither `--output=~/x` nor what stands in single quotes; what it left must
    /// not become a file or folder of that name.
    ///
    /// - Throws: what the parser takes for a usage error, where the text is meant for something
    ///   else than the name of a file.
    static func path(_ text: String) throws -> String {
        let isHome = text.hasPrefix("~")
        guard text.isEmpty || isHome || ResultsAddress.looksLikeAddress(text) else { return text }
        throw ValidationError(
            isHome
                ? "no shell has expanded `~`: leave a blank before it instead of `=`, or write "
                    + "`./~` where a file is called so"
                : "name a file (`./` before one with a colon or `$` in its name)")
    }
}
