/// Every `package` type, function and initialiser says what it is for.
enum DocumentationRule {
    /// What the standard library and our dependencies ask for, documented there.
    static let knownRequirements: Set<String> = [
        "encode", "hash", "==", "<", "next", "makeIterator", "makeAsyncIterator", "index",
        "run", "validate", "log", "write", "init(from:)", "init(rawValue:)",
        "init(stringValue:)", "init(intValue:)", "init(stringLiteral:)", "init(argument:)",
        "init(integerLiteral:)", "init(floatLiteral:)", "init(booleanLiteral:)",
        "init(nilLiteral:)", "init(arrayLiteral:)", "init(dictionaryLiteral:)",
        "init(stringInterpolation:)",
    ]

    /// Undocumented declarations.
    ///
    /// - Parameter requirements: what our protocols declare; its implementations need no words.
    static func findings(_ text: SwiftText, requirements: Set<String>) -> [Finding] {
        text.code.indices.compactMap { index in
            guard text.code[index].contains("package "),
                let name = declaredName(in: text.code, at: index),
                !isDocumented(text, index),
                !requirements.contains(name), !knownRequirements.contains(name)
            else { return nil }
            return Finding(line: index + 1, message: "`package` declaration `\(name)` has no `///`")
        }
    }

    /// What the protocols of a file require.
    static func requirements(_ text: SwiftText) -> Set<String> {
        var found: Set<String> = []
        var depth: Int?
        for index in text.code.indices {
            let line = text.code[index]
            if depth == nil, line.contains("protocol "),
                line.firstMatch(of: /^\s*([a-z@]\S* )*protocol \w+/) != nil
            {
                depth = 0
            }
            guard let open = depth else { continue }
            if open > 0, let name = name(in: text.code, at: index) { found.insert(name) }
            let change = line.utf8.reduce(0) { sum, byte in
                sum + (byte == UInt8(ascii: "{") ? 1 : byte == UInt8(ascii: "}") ? -1 : 0)
            }
            // The opening brace may stand further down than the name.
            if open + change > 0 || open == 0, !(open == 0 && line.contains("{}")) {
                depth = open + change
            } else {
                depth = nil
            }
        }
        return found
    }

    private static func isDocumented(_ text: SwiftText, _ index: Int) -> Bool {
        var above = index - 1
        while above >= 0 {
            let code = text.code[above].drop { $0 == " " }
            let comment = text.comments[above].drop { $0 == " " }
            if comment.hasPrefix("///") || comment.hasSuffix("*/") { return true }
            // Attributes and plain comments may stand between.
            guard code.hasPrefix("@") || (code.isEmpty && !comment.isEmpty) else { return false }
            above -= 1
        }
        return false
    }

    private static func declaredName(in code: [String], at index: Int) -> String? {
        let line = code[index]
        guard line.firstMatch(of: #/^\s*([a-z@]\S* )*package /#) != nil else { return nil }
        let type = /\b(?:struct|enum|protocol|class|actor|typealias) ([A-Z]\w*)/
        if let match = line.firstMatch(of: type) { return String(match.1) }
        return name(in: code, at: index)
    }

    /// The name of a function; of an initialiser the name with its labels.
    private static func name(in code: [String], at index: Int) -> String? {
        let line = code[index]
        if let match = line.firstMatch(of: /\bfunc ([^\s(<]+|<=?|==)/) { return String(match.1) }
        guard let match = line.firstMatch(of: /\b(init|subscript)(?:<[^>]*>)?[?]?\(/) else {
            return nil
        }
        let rest = ([String(line[match.range.upperBound...])] + code[(index + 1)...].prefix(12))
            .joined(separator: " ")
        return "\(match.1)(\(labels(of: rest)))"
    }

    /// The labels of a parameter list that begins after its opening parenthesis.
    private static func labels(of list: String) -> String {
        var depth = 0
        var labels = ""
        var word = ""
        var takesWord = true
        for character in list {
            switch character {
            case "(", "[", "<", "{": depth += 1
            case ")" where depth == 0: return labels
            case ")", "]", "}", ">": depth -= 1
            case "," where depth == 0: (word, takesWord) = ("", true)
            case ":" where depth == 0 && takesWord:
                labels += (word.split(separator: " ").first ?? "_") + ":"
                takesWord = false
            default: if takesWord { word.append(character) }
            }
        }
        return labels
    }
}
