import Diagnostics

/// Paths as botocore expands them: `$NAME` and `${NAME}` first, then `~` and `~user`.
///
/// Source: https://docs.python.org/3/library/os.path.html#os.path.expandvars
enum PathExpansion {
    /// A path with its variables and its home folder in place.
    ///
    /// What names nothing stays as it is.
    ///
    /// - Parameters:
    ///   - path: as somebody wrote it.
    ///   - variable: a variable's value; nil where it is not set.
    ///   - home: a user's folder, or one's own for nil.
    static func expand(
        _ path: String, variable: (String) -> String?, home: (_ user: String?) -> String?
    ) -> String {
        let path = withVariables(path[...], variable)
        return UserHome.expand(path, home: home) ?? path
    }

    private static func withVariables(
        _ path: Substring, _ variable: (String) -> String?
    ) -> String {
        var (rest, result) = (path, "")
        while let sign = rest.firstIndex(of: "$") {
            result += rest[..<sign]
            rest = rest[rest.index(after: sign)...]
            var (name, after) = (Substring(), rest)
            if rest.first == "{", let end = rest.firstIndex(of: "}") {
                name = rest[rest.index(after: rest.startIndex)..<end]
                after = rest[rest.index(after: end)...]
            } else {
                name = rest.prefix { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") }
                after = rest[name.endIndex...]
            }
            // What is no variable's name stays, and so does a variable that is not set.
            guard !name.isEmpty, let value = variable(String(name)) else {
                result += "$"
                continue
            }
            result += value
            rest = after
        }
        return result + rest
    }
}
