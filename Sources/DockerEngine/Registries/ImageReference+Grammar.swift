import Diagnostics

extension ImageReference {
    /// Longest registry and repository together.
    private static let nameLimitBytes = 255

    /// What is wrong with the parts of a reference; nil where nothing is.
    ///
    /// - Parameter written: the name before it was normalised.
    static func problem(
        _ registry: String, _ repository: String, _ tag: String?, _ digest: String?,
        written: Substring
    ) -> String? {
        if written.isEmpty { return "the name is empty" }
        if !isHost(registry) {
            return "`\(registry)` is no registry's host"
        }
        if !isPath(repository) {
            return "`\(repository)` is no repository's path"
        }
        if registry.utf8.count + repository.utf8.count >= nameLimitBytes {
            return "it is longer than \(nameLimitBytes) bytes"
        }
        // The engine would take it for an image's id.
        if TextScanner(written).isAll(64...64, \.isLowerHexDigit) {
            return "it looks like an image's id"
        }
        if let tag, !isTag(tag) { return "`\(tag)` is no tag" }
        if let digest, !isDigest(digest) {
            return "`\(digest)` is no digest"
        }
        return nil
    }

    /// Names between dots or an address in brackets, and a port.
    private static func isHost(_ text: String) -> Bool {
        var rest = TextScanner(text)
        if rest.take("[") {
            let isAddress = rest.count { $0.isHexDigit || $0.isOne(of: ":") } > 0
            guard isAddress, rest.take("]") else { return false }
        } else {
            repeat {
                let label = rest.take { $0.isLetterOrDigit || $0.isOne(of: "-") }
                guard let first = label.first, let last = label.last, first.isLetterOrDigit,
                    last.isLetterOrDigit
                else { return false }
            } while rest.take(".")
        }
        if rest.take(":"), rest.count(while: \.isDigit) == 0 { return false }
        return rest.isAtEnd
    }

    /// Words of small letters and digits between slashes; within one `.`, `_`, `__` or `-`.
    private static func isPath(_ text: String) -> Bool {
        var rest = TextScanner(text)
        repeat {
            repeat {
                if rest.count(while: \.isLowerOrDigit) == 0 { return false }
            } while takesSeparator(&rest)
        } while rest.take("/")
        return rest.isAtEnd
    }

    private static func takesSeparator(_ rest: inout TextScanner) -> Bool {
        if rest.take(".") { return true }
        guard rest.take("_") else { return rest.count { $0.isOne(of: "-") } > 0 }
        _ = rest.take("_")
        return true
    }

    /// Whether a text is a tag: 1 to 128 letters, digits and `_ . -`, the first no `.` or `-`.
    package static func isTag(_ text: String) -> Bool {
        guard let first = text.utf8.first, first.isLetterOrDigit || first.isOne(of: "_") else {
            return false
        }
        return TextScanner(text).isAll(1...128) { $0.isLetterOrDigit || $0.isOne(of: "_.-") }
    }

    /// Only what registries use: SHA-256, or another algorithm with as many digits or more.
    private static func isDigest(_ text: String) -> Bool {
        var rest = TextScanner(text)
        repeat {
            let word = rest.take(while: \.isLetterOrDigit)
            guard let first = word.first, first.isLetter else { return false }
        } while rest.take("-") || rest.take("_") || rest.take("+") || rest.take(".")
        guard rest.take(":") else { return false }
        return text.hasPrefix("sha256:")
            ? rest.isAll(64...64, \.isLowerHexDigit) : rest.isAll(32...Int.max, \.isHexDigit)
    }
}
