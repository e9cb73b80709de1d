import Diagnostics

/// Where results are, as a person wrote it: a folder, or a place in S3.
package enum ResultsAddress: Sendable, Equatable {
    /// A folder; `~` is expanded, and it may be relative.
    case folder(String)
    /// `s3://bucket/prefix`, not looked at any closer yet.
    case s3(String)

    /// What a folder's name gets where a local run is told no other place.
    static let localSuffix = "-local"
    /// Schemes that no folder's name begins with, even where no slash follows.
    private static let schemes: Set = ["arn", "file", "ftp", "gs", "http", "https", "s3", "s3a"]

    /// Reads what was written.
    ///
    /// - Parameters:
    ///   - source: where it was written, for the error.
    ///   - code: the error's; `usage.results` on the command line, `results.address` in a manifest.
    ///   - home: what `~` stands for.
    /// - Throws: an error of that code where it looks like an address and is none in S3.
    package init(
        _ text: String, source: String, code: String, home: String?
    ) throws {
        if text.hasPrefix("s3://") {
            self = .s3(text)
            return
        }
        guard !text.isEmpty, !Self.looksLikeAddress(text),
            let path = UserHome.expand(
                text,
                home: { $0 == nil ? UserHome.folder(["HOME": home ?? ""]) : UserHome.listed($0) })
        else {
            throw Diagnostic(
                code: code, severity: .configuration,
                summary: "`\(text)` is neither a folder nor an address in S3", location: source,
                hint: "name a folder (`./` before one with `:`, `$` or `~` in its name), or write "
                    + "`s3://bucket/prefix`, in lower case and with both slashes")
        }
        self = .folder(path)
    }

    /// The place of a local run that is told no other.
    ///
    /// What the local cloud made must not lie among the results of an account; a bucket is the
    /// local cloud's own anyway.
    package var ofLocalRun: ResultsAddress {
        guard case .folder(let path) = self else { return self }
        var name = Substring(path)
        while name.count > 1, name.hasSuffix("/") { name.removeLast() }
        return .folder(name + Self.localSuffix)
    }

    /// Whether a text is no path, but an address or a variable that no shell has expanded.
    ///
    /// An address has a scheme of two letters or more before a colon, as in RFC 3986, and a slash
    /// behind it; or one that everybody knows, whatever follows.
    package static func looksLikeAddress(_ text: String) -> Bool {
        if text.hasPrefix("$") { return true }
        var rest = TextScanner(text)
        let scheme = rest.take { $0.isLetterOrDigit || $0.isOne(of: "+.-") }
        guard scheme.count > 1, scheme.first?.isLetter == true, rest.take(":") else {
            return false
        }
        return rest.take("/") || schemes.contains(Substring(scheme).lowercased())
    }
}
