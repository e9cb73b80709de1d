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
        if written.wholeMatch(of: /[a-f0-9]{64}/) != nil { return "it looks like an image's id" }
        if let tag, !isTag(tag) { return "`\(tag)` is no tag" }
        if let digest, !isDigest(digest) {
            return "`\(digest)` is no digest"
        }
        return nil
    }

    private static func isHost(_ text: String) -> Bool {
        text.wholeMatch(
            of:
                #/
                (?: (?: [a-zA-Z0-9] (?: [a-zA-Z0-9\-]* [a-zA-Z0-9] )? )
                    (?: \. [a-zA-Z0-9] (?: [a-zA-Z0-9\-]* [a-zA-Z0-9] )? )*
                  | \[ [a-fA-F0-9:]+ \] )
                (?: : [0-9]+ )?
                /#) != nil
    }

    private static func isPath(_ text: String) -> Bool {
        text.wholeMatch(
            of:
                #/
                [a-z0-9]+ (?: (?: [._] | __ | \-+ ) [a-z0-9]+ )*
                (?: \/ [a-z0-9]+ (?: (?: [._] | __ | \-+ ) [a-z0-9]+ )* )*
                /#) != nil
    }

    private static func isTag(_ text: String) -> Bool {
        text.wholeMatch(of: #/[a-zA-Z0-9_][a-zA-Z0-9_.\-]{0,127}/#) != nil
    }

    /// Only what registries use: SHA-256, or another algorithm with as many digits or more.
    private static func isDigest(_ text: String) -> Bool {
        if text.hasPrefix("sha256:") { return text.wholeMatch(of: /sha256:[a-f0-9]{64}/) != nil }
        return text.wholeMatch(
            of: #/[A-Za-z][A-Za-z0-9]*(?:[\-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,}/#) != nil
    }
}
