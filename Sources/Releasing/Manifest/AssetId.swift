import Diagnostics

/// What everything that a release creates is tagged with.
package struct AssetId: Sendable, Hashable, CustomStringConvertible {
    package let text: String
    package var description: String { text }

    /// Checks an asset id: 1 to 64 characters out of letters, digits, space and `. _ + = @ -`,
    /// beginning with a letter or digit, which is what AWS takes as a tag everywhere.
    ///
    /// - Parameters:
    ///   - text: the id.
    ///   - location: where it was read, for the error.
    /// - Throws: `manifest.asset-id`.
    package init(_ text: String, location: String) throws {
        guard text.utf8.first?.isLetterOrDigit == true,
            TextScanner(text).isAll(
                1...64, { $0.isLetterOrDigit || $0.isOne(of: " ._+=@-") })
        else {
            throw Diagnostic(
                code: "manifest.asset-id", severity: .configuration,
                summary: "asset id `\(text)` is not allowed", location: location,
                hint: "use 1 to 64 letters, digits, spaces and `. _ + = @ -`, "
                    + "beginning with a letter or digit")
        }
        self.text = text
    }
}
