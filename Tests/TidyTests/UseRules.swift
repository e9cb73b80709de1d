/// Nothing is kept that nobody uses.
enum UseRules {
    /// What the standard library and our dependencies call by themselves.
    private static let calledByOthers: Set<String> = [
        "userInfo", "allKeys", "singleValueContainer", "nestedContainer", "CodingKeys",
        "nestedUnkeyedContainer", "superDecoder", "superEncoder", "customMirror",
        "debugDescription",
    ]
    private static let modifiers: Set<Substring> = [
        "package", "public", "private", "fileprivate", "static", "final", "indirect", "mutating",
        "nonisolated", "override", "lazy", "weak", "set", "borrowing", "consuming", "isolated",
        "unsafe",
    ]
    private static let introducers: Set<Substring> = [
        "func", "var", "let", "struct", "enum", "class", "actor", "protocol", "typealias",
    ]

    private struct Declaration {
        let path: String
        let line: Int
        let name: String
        /// Whether it is a call of a service, which others make.
        let isOperation: Bool
    }

    /// Where a name stands.
    private struct Uses {
        var count = 0
        var declarations = 0
        var files: Set<String> = []
    }

    /// Declarations whose name stands nowhere else, and operations that only their own file names.
    ///
    /// It compares names, not meanings: two of one name hide each other. A mention in tests,
    /// strings or comments is no use. What is encoded is read by others.
    ///
    /// - Parameter files: those of the program.
    /// - Returns: the findings, each with the path of its file.
    static func unused(
        _ files: [(path: String, text: SwiftText)]
    ) -> [(path: String, finding: Finding)] {
        var uses: [String: Uses] = [:]
        var declarations: [Declaration] = []
        for (path, text) in files {
            let encodes = text.code.contains { $0.contains("Codable") || $0.contains("Encodable") }
            for (index, line) in text.code.enumerated() {
                let words = words(of: line)
                for word in words {
                    uses[String(word), default: Uses()].count += 1
                    uses[String(word), default: Uses()].files.insert(path)
                }
                guard let name = declaredName(words, in: line),
                    !isMain(index, text), !(encodes && isField(words))
                else { continue }
                uses[name, default: Uses()].declarations += 1
                declarations.append(
                    Declaration(
                        path: path, line: index + 1, name: name,
                        isOperation: words.contains("struct")
                            && words.contains { $0.hasSuffix("Operation") }))
            }
        }
        return declarations.compactMap { declaration in
            guard let found = uses[declaration.name],
                let message = message(declaration, found)
            else { return nil }
            return (declaration.path, Finding(line: declaration.line, message: message))
        }
    }

    /// Files that no other file names, with the end of their name or without.
    ///
    /// - Parameter texts: all files of the repository by path.
    static func unread(_ paths: [String], texts: [String: String]) -> [String] {
        let all = texts.map { (path: $0.key, words: Set(fileWords(of: $0.value))) }
        return paths.filter { path in
            let name = path.split(separator: "/").last.map(String.init) ?? path
            let stem = String(name.prefix { $0 != "." })
            return !all.contains { other in
                other.path != path && (other.words.contains(name) || other.words.contains(stem))
            }
        }
    }

    private static func message(_ declaration: Declaration, _ uses: Uses) -> String? {
        guard !calledByOthers.contains(declaration.name) else { return nil }
        if uses.count == uses.declarations { return "nobody uses `\(declaration.name)`" }
        guard declaration.isOperation, uses.files == [declaration.path] else { return nil }
        return "nobody makes the call `\(declaration.name)`"
    }

    /// Whether a line declares where the program begins.
    private static func isMain(_ index: Int, _ text: SwiftText) -> Bool {
        text.code[max(0, index - 1)...index].contains { $0.hasPrefix("@main") }
    }

    private static func isField(_ words: [Substring]) -> Bool {
        words.contains("let") || words.contains("var")
    }

    /// The name that a line declares; nil where it declares none, or one for the compiler alone.
    private static func declaredName(_ words: [Substring], in line: String) -> String? {
        let blankless = line.drop { $0 == " " }
        guard let first = words.first, blankless.hasPrefix(first) || blankless.hasPrefix("@")
        else { return nil }
        var rest = words[...]
        if blankless.hasPrefix("@") { rest = rest.drop { !introducers.contains($0) } }
        rest = rest.drop { modifiers.contains($0) }
        guard let introducer = rest.first, introducers.contains(introducer),
            let name = rest.dropFirst().first,
            line[introducer.endIndex..<name.startIndex].allSatisfy({ $0 == " " || $0 == "`" })
        else { return nil }
        return name == "_" ? nil : String(name)
    }

    private static func words(of line: String) -> [Substring] {
        var words: [Substring] = []
        let bytes = line.utf8
        var start: String.Index?
        var index = bytes.startIndex
        while true {
            if index < bytes.endIndex, isWord(bytes[index]) {
                start = start ?? index
            } else if let begin = start {
                words.append(line[begin..<index])
                start = nil
            }
            guard index < bytes.endIndex else { return words }
            index = bytes.index(after: index)
        }
    }

    private static func isWord(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), 0x80...:
            true
        default: false
        }
    }

    /// What may be the name of a file: words with points and hyphens in them, and their stems.
    private static func fileWords(of text: String) -> [String] {
        text.utf8.split { !isWord($0) && $0 != UInt8(ascii: ".") && $0 != UInt8(ascii: "-") }
            .flatMap { word -> [String] in
                let name = String(Substring(word))
                let parts = name.split(separator: ".").map(String.init)
                return [name] + parts
            }
    }
}
