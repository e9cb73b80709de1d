/// Texts that are cut and wrapped at words: half a number would be another one.
enum WholeWords {
    /// As many whole words of a text as there is room for, with `…` where that is not all.
    ///
    /// - Parameter text: without colours.
    static func cut(_ text: String, room: Int) -> String {
        if text.count <= room { return text }
        let head = text.prefix(max(0, room - 1))
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
                columns += 1
            }
        }
        return columns
    }

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
