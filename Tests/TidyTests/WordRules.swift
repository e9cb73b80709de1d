/// Words that stand for something left undone or unsaid.
enum WordRules {
    private static let vagueNames = ["Utils", "Util", "Helpers", "Helper", "Common", "Manager"]

    /// Names that say nothing of what is in a file or type.
    static func names(_ text: SwiftText, fileName: String) -> [Finding] {
        var findings: [Finding] = []
        let base = String(fileName.prefix { $0 != "." })
        if let word = vagueWord(in: base) {
            findings.append(Finding(line: 0, message: "is named `\(word)`: name what it holds"))
        }
        let type = /\b(?:struct|enum|protocol|class|actor|typealias) ([A-Z]\w*)/
        for (index, line) in text.code.enumerated() {
            guard let match = line.firstMatch(of: type) else { continue }
            if let word = vagueWord(in: String(match.1)) {
                findings.append(
                    Finding(line: index + 1, message: "`\(match.1)` says `\(word)`: say what it is")
                )
            }
        }
        return findings
    }

    /// What ends the process where an error should be thrown.
    static func traps(_ text: SwiftText) -> [Finding] {
        let words = ["try!", "as!", "fatalError("]
        return text.code.enumerated().flatMap { index, line in
            words.filter { line.contains($0) }
                .map { Finding(line: index + 1, message: "`\($0)` ends the process") }
        }
    }

    /// Unchecked promises to the compiler without a reason.
    static func unchecked(_ text: SwiftText) -> [Finding] {
        let promises = ["@unchecked Sendable", "nonisolated(unsafe)"]
        return text.code.enumerated().compactMap { index, line in
            guard let promise = promises.first(where: { line.contains($0) }) else { return nil }
            let near = text.comments[max(0, index - 3)...index]
            if near.contains(where: { $0.contains("// SAFETY:") }) { return nil }
            return Finding(line: index + 1, message: "`\(promise)` without `// SAFETY:` above it")
        }
    }

    /// Notes of work that is not done.
    static func promises(comments: [String]) -> [Finding] {
        comments.enumerated().compactMap { index, comment in
            // Each of the words has one of these, and hardly a line does.
            guard
                comment.utf8.contains(where: { $0 == UInt8(ascii: "O") || $0 == UInt8(ascii: "X") })
            else { return nil }
            return comment.firstMatch(of: /\b(TODO|FIXME|XXX)\b/).map {
                Finding(line: index + 1, message: "`\($0.1)`: a limit is an error with a message")
            }
        }
    }

    /// Code that was put behind slashes instead of removed.
    static func commentedOutCode(_ text: SwiftText) -> [Finding] {
        let shapes: [Regex<Substring>] = [
            #/^// ?\s*(?:let|var) \w+ ?[:=].*$/#, #/^// ?\s*(?:\w+ )*func \w+.*[({].*$/#,
            #/^// ?\s*(?:if|guard|for|while|switch) .*\{$/#,
            #/^// ?\s*(?:return [\w.]+\([^ ]*|\})$/#, #/^// ?\s*import \w+$/#,
        ]
        return text.comments.enumerated().compactMap { index, comment in
            let line = comment.trimmedOfBlanks
            guard line.hasPrefix("//"), !line.hasPrefix("///") else { return nil }
            let isCode = shapes.contains { line.firstMatch(of: $0) != nil }
            return isCode ? Finding(line: index + 1, message: "is code behind slashes") : nil
        }
    }

    /// The first vague word among the words of a name in camel case.
    private static func vagueWord(in name: String) -> String? {
        var words: [String] = []
        for character in name {
            if character.isUppercase || words.isEmpty { words.append("") }
            words[words.count - 1].append(character)
        }
        return vagueNames.first { vague in words.contains { $0.lowercased() == vague.lowercased() }
        }
    }
}

extension String {
    /// Without blanks at either end.
    var trimmedOfBlanks: Substring {
        let front = drop { $0 == " " || $0 == "\t" }
        guard let last = front.lastIndex(where: { $0 != " " && $0 != "\t" }) else { return "" }
        return front[...last]
    }
}
