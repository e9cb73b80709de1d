/// Texts that are cut and wrapped at words: half a number would be another one.
enum WholeWords {
    /// As many whole words of a text as there is room for, with `…` where that is not all.
    ///
    /// - Parameter text: without colours.
    static func cut(_ text: String, room: Int) -> String {
        if columns(text) <= room { return text }
        var width = 0
        let head = text.prefix { character in
            width += self.width(character)
            return width < room
        }
        let isWhole = text.dropFirst(head.count).first == " "
        let kept = isWhole ? head : head.prefix(upTo: head.lastIndex(of: " ") ?? head.startIndex)
        return kept.isEmpty ? "" : "\(kept)…"
    }

    /// How many columns a text takes: colours take none.
    static func columns(_ text: String) -> Int {
        var columns = 0
        var isColour = false
        for character in text {
            if character == "\u{1B}" {
                isColour = true
            } else if isColour {
                isColour = character != "m"
            } else {
                columns += width(character)
            }
        }
        return columns
    }

    /// Two columns for what East Asian terminals show so wide, and for pictures.
    ///
    /// Source: <https://www.unicode.org/reports/tr11/>
    private static func width(_ character: Character) -> Int {
        guard let scalar = character.unicodeScalars.first, scalar.value >= 0x1100 else { return 1 }
        return wide.contains { $0.contains(scalar.value) } ? 2 : 1
    }

    private static let wide: [ClosedRange<UInt32>] = [
        0x1100...0x115F, 0x231A...0x231B, 0x23E9...0x23F3, 0x25FD...0x25FE, 0x2614...0x2615,
        0x2648...0x2653, 0x26A1...0x26A1, 0x26BD...0x26BE, 0x2705...0x2705, 0x274C...0x274C,
        0x2753...0x2757, 0x2795...0x2797, 0x2B1B...0x2B1C, 0x2B50...0x2B55, 0x2E80...0x303E,
        0x3041...0xA4CF, 0xA960...0xA97C, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE10...0xFE19,
        0xFE30...0xFE6F, 0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x1F004...0x1F004, 0x1F0CF...0x1F0CF,
        0x1F18E...0x1F19A, 0x1F200...0x1F64F, 0x1F680...0x1F6FF, 0x1F7E0...0x1F7EB,
        0x1F90C...0x1FAFF, 0x20000...0x3FFFD,
    ]

    /// A line as lines that fit, each after the first as far in as the first, and two more.
    ///
    /// What stands between backticks is one word, and one that is longer than a line stays whole: a
    /// terminal wraps it so that it can be copied.
    static func wrapped(_ line: String, columns limit: Int) -> [String] {
        guard columns(line) > limit else { return [line] }
        let indent = String(line.prefix { $0 == " " }) + "  "
        var lines: [String] = []
        var current = String(indent.dropLast(2))
        var isEmpty = true
        for word in words(line.drop { $0 == " " }) {
            let width = columns(current) + (isEmpty ? 0 : 1) + columns(word)
            if width > limit && !isEmpty {
                lines.append(current)
                // What is wrapped by the terminal begins where its rest goes on.
                current = indent.count + columns(word) > limit ? "" : indent
                isEmpty = true
            }
            current += (isEmpty ? "" : " ") + word
            isEmpty = false
        }
        return lines + [current]
    }

    private static func words(_ text: some StringProtocol) -> [String] {
        var words: [String] = []
        var isQuoted = false
        for part in text.split(separator: " ", omittingEmptySubsequences: false) {
            if isQuoted, let last = words.popLast() {
                words.append("\(last) \(part)")
            } else {
                words.append(String(part))
            }
            if part.count(where: { $0 == "`" }) % 2 == 1 { isQuoted.toggle() }
        }
        return words
    }
}
