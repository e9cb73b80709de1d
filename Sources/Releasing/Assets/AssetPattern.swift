import Diagnostics

/// An asset id, or a glob of asset ids: `*` is any text, `?` any one character.
package struct AssetPattern: Sendable, Equatable, CustomStringConvertible {
    /// As it was written.
    package let text: String
    package var description: String { text }

    /// Checks a pattern.
    ///
    /// - Throws: `assets.pattern` of severity `.configuration` where no asset id could match.
    package init(_ text: String) throws {
        let extra = Set(" ._+=@-*?")
        let isAllowed = text.allSatisfy {
            $0.isASCII && ($0.isLetter || $0.isNumber) || extra.contains($0)
        }
        guard (1...64).contains(text.count), isAllowed,
            text.first.map({ "*?".contains($0) || $0.isLetter || $0.isNumber }) == true
        else {
            throw Diagnostic(
                code: "assets.pattern", severity: .configuration,
                summary: "`\(text)` matches no asset id", location: "--asset-id",
                hint: "use 1 to 64 letters, digits, spaces and `. _ + = @ -`, beginning with a "
                    + "letter or digit; `*` stands for any text, `?` for any one character")
        }
        self.text = text
    }

    /// The pattern of exactly one id.
    package init(exactly id: AssetId) { text = id.text }

    /// Whether it names more than one id.
    package var isGlob: Bool { text.contains { "*?".contains($0) } }

    /// What every id that matches begins with.
    package var literalHead: String { String(text.prefix { !"*?".contains($0) }) }

    /// Whether an asset id matches, case and all; pure.
    ///
    /// EC2's own filters understand the same two signs, but what they find is compared again.
    package func matches(_ id: String) -> Bool {
        let pattern = Array(text.utf8)
        let name = Array(id.utf8)
        var (place, at) = (0, 0)
        var star: (place: Int, at: Int)?
        while at < name.count {
            if place < pattern.count, pattern[place] == UInt8(ascii: "*") {
                star = (place, at)
                place += 1
            } else if place < pattern.count,
                pattern[place] == UInt8(ascii: "?") || pattern[place] == name[at]
            {
                place += 1
                at += 1
            } else if let last = star {
                // The last star takes one character more.
                star = (last.place, last.at + 1)
                (place, at) = (last.place + 1, last.at + 1)
            } else {
                return false
            }
        }
        return pattern[place...].allSatisfy { $0 == UInt8(ascii: "*") }
    }
}
