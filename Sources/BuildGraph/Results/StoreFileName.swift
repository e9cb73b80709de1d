import Diagnostics

/// The name of a file of a results folder, which results themselves may hold.
enum StoreFileName {
    /// Makes sure that a name leads nowhere else.
    ///
    /// - Throws: `results.bad-file-name`.
    static func check(_ name: String, _ location: String) throws {
        let isSafe =
            !["", ".", ".."].contains(name)
            && name.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7f && $0 != UInt8(ascii: "/") }
        guard isSafe else {
            throw Diagnostic(
                code: "results.bad-file-name",
                summary: "`\(name.prefix(100))` is no name of a file in the results",
                location: location, hint: "look who wrote it into these results")
        }
    }
}
