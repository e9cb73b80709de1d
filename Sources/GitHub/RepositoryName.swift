/// `OWNER/NAME` of a repository.
package struct RepositoryName: Sendable, Hashable, CustomStringConvertible {
    package let owner: String
    package let name: String

    /// Reads `OWNER/NAME`; nil where it is anything else.
    package init?(_ text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, parts.allSatisfy({ Self.isName($0) }) else { return nil }
        owner = String(parts[0])
        name = String(parts[1])
    }

    package var description: String { "\(owner)/\(name)" }

    /// Below the API's root.
    var path: String { "/repos/\(owner)/\(name)" }

    /// What GitHub lets a name consist of, and no path segment of special meaning.
    private static func isName(_ text: Substring) -> Bool {
        !["", ".", ".."].contains(text)
            && text.utf8.allSatisfy { byte in
                (0x30...0x39).contains(byte) || (0x41...0x5a).contains(byte)
                    || (0x61...0x7a).contains(byte) || "-._".utf8.contains(byte)
            }
    }
}
