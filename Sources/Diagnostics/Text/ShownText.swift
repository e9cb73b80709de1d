/// The one door for text that is not the program's own: manifests, AWS, Ansible, journals, GitHub,
/// Docker, consoles.
///
/// Behind it, nothing that others wrote moves a cursor, begins a line that looks like ours, turns
/// the order of reading around, or tells a secret.
package enum ShownText {
    /// Nobody reads more of one line, and a terminal takes its time.
    static let longest = 4000

    /// A text as one line: what cannot be seen is spelt out, and what must not be is left out.
    package static func line(_ text: String) -> String {
        guard text.utf8.count > longest else { return visible(redacted(text)) }
        // Not before the secrets are out, of which half a one would stay.
        let whole = redacted(text)
        let head = String(whole.unicodeScalars.prefix(longest))
        return visible(head) + "… (\(whole.utf8.count) bytes)"
    }

    /// A text with `<secret>` in place of every secret that the process has held; the rest stays as
    /// it is, line breaks too.
    package static func redacted(_ text: String) -> String { SecretBook.redacted(text) }

    /// A text as one line within Markdown, where it stays a text and becomes no link, list, table
    /// or HTML.
    ///
    /// Source: <https://spec.commonmark.org/0.31.2/#backslash-escapes>
    package static func markdown(_ text: String) -> String {
        // By scalars: with an accent on it, a sign is another character and yet a sign to Markdown.
        line(text).unicodeScalars.reduce(into: "") { escaped, scalar in
            if "\\`*_[]<>|#&".unicodeScalars.contains(scalar) { escaped += "\\" }
            escaped.unicodeScalars.append(scalar)
        }
    }

    /// A text as one line within HTML, SVG or XML, also between quotes of an attribute.
    ///
    /// Source: <https://www.w3.org/TR/xml/#charsets>
    package static func markup(_ text: String) -> String {
        line(text).unicodeScalars.reduce(into: "") { escaped, scalar in
            switch scalar {
            case "&": escaped += "&amp;"
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            case "\"": escaped += "&quot;"
            case "'": escaped += "&#39;"
            // No document of XML may hold these.
            case "\u{FFFE}", "\u{FFFF}": escaped += "\\u{\(String(scalar.value, radix: 16))}"
            default: escaped.unicodeScalars.append(scalar)
            }
        }
    }

    /// The text with everything spelt out that has no shape of its own, such as `\u{1b}`.
    static func visible(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: isInvisible) else { return text }
        return text.unicodeScalars.reduce(into: "") { shown, scalar in
            switch scalar {
            case "\n": shown += "\\n"
            case "\r": shown += "\\r"
            case "\t": shown += "\\t"
            case _ where isInvisible(scalar):
                shown += "\\u{" + String(scalar.value, radix: 16) + "}"
            default: shown.unicodeScalars.append(scalar)
            }
        }
    }

    /// Control characters of both sets, line and paragraph separators, and what changes the
    /// direction of reading.
    ///
    /// Source: <https://www.unicode.org/reports/tr9/#Directional_Formatting_Characters>
    private static func isInvisible(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0..<0x20, 0x7F..<0xA0, 0x61C, 0x200E, 0x200F, 0x2028...0x202E, 0x2066...0x2069: true
        default: false
        }
    }
}

/// The first of many lines that say the same of different things.
package enum FewOfMany {
    /// What a person still reads.
    package static let most = 10

    /// The first ten, and how many more there are.
    package static func lines(_ all: some Collection<String>) -> [String] {
        guard all.count > most else { return Array(all) }
        return all.prefix(most) + ["and \(all.count - most) more"]
    }
}

extension StringProtocol {
    /// The text without white space and line breaks at its ends.
    package var trimmed: String {
        guard let first = firstIndex(where: { !$0.isWhitespace }),
            let last = lastIndex(where: { !$0.isWhitespace })
        else { return "" }
        return String(self[first...last])
    }
}
