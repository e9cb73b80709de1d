/// How long files, functions and lines may be.
enum SizeRules {
    static let sourceLines = 300
    static let testLines = 400
    static let functionLines = 60
    static let lineColumns = 100

    /// A file that holds too much.
    static func file(_ text: SwiftText, isTest: Bool) -> [Finding] {
        let limit = isTest ? testLines : sourceLines
        if text.lines.count <= limit { return [] }
        return [Finding(line: 0, message: "has \(text.lines.count) lines, \(limit) is the limit")]
    }

    /// Lines that are too wide.
    static func width(_ text: SwiftText) -> [Finding] {
        text.lines.enumerated().compactMap { index, line in
            line.utf8.count > lineColumns && line.count > lineColumns && !isLink(line)
                ? Finding(line: index + 1, message: "is wider than \(lineColumns) columns") : nil
        }
    }

    /// Functions and initialisers that are too long, from their first line to their last brace.
    static func functions(_ text: SwiftText) -> [Finding] {
        text.code.indices.compactMap { start in
            guard declaresFunction(text.code[start]),
                let end = lastLine(of: text.code, from: start)
            else { return nil }
            let count = end - start + 1
            if count <= functionLines { return nil }
            return Finding(
                line: start + 1,
                message: "begins a function of \(count) lines, "
                    + "\(functionLines) is the limit")
        }
    }

    /// Whether a line is a comment with nothing but a link, which cannot be broken.
    private static func isLink(_ line: String) -> Bool {
        line.firstMatch(of: /^\s*\/\/+ (Source: )?<?https?:\S+$/) != nil
    }

    private static func declaresFunction(_ line: String) -> Bool {
        guard line.contains("func ") || line.contains("init") else { return false }
        return line.firstMatch(of: /^\s*([a-z@]\S* )*(func \S|init[?<(]|deinit )/) != nil
    }

    /// The line of the brace that ends the declaration; nil where it has no body.
    private static func lastLine(of code: [String], from start: Int) -> Int? {
        var parentheses = 0
        var braces = 0
        for index in code.indices[start...] {
            if index > start, braces == 0, parentheses == 0, startsDeclaration(code[index]) {
                return nil
            }
            for byte in code[index].utf8 {
                switch byte {
                case UInt8(ascii: "("), UInt8(ascii: "["): parentheses += 1
                case UInt8(ascii: ")"), UInt8(ascii: "]"): parentheses -= 1
                case UInt8(ascii: "{") where parentheses == 0 || braces > 0: braces += 1
                case UInt8(ascii: "}") where parentheses == 0 || braces > 0:
                    braces -= 1
                    if braces < 0 { return nil }
                    if braces == 0 { return index }
                default: break
                }
            }
        }
        return nil
    }

    private static func startsDeclaration(_ line: String) -> Bool {
        line.firstMatch(of: /^\s*([a-z@]\S* )*(func|var|let|init|case|associatedtype)\b/) != nil
    }
}
