import SystemPackage

/// The operating system's own words for an error number.
package enum SystemErrorText {
    /// The text in the style of a diagnostic, such as `no such file or directory`.
    ///
    /// - Parameter code: a value of `errno`.
    package static func text(_ code: Int32) -> String {
        let text = Errno(rawValue: code).description
        let rest = text.dropFirst()
        // An abbreviation at the start ("RPC ...") keeps its capitals.
        guard let first = text.first, rest.first?.isUppercase != true else { return text }
        return first.lowercased() + rest
    }
}
