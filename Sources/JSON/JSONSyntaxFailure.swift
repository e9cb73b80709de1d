import CJansson
import Diagnostics

/// Says what jansson found wrong with a text, and where the culprit begins.
struct JSONSyntaxFailure {
    let bytes: UnsafeBufferPointer<UInt8>
    let source: String

    func tooDeep(at offset: Int, _ limit: Int) -> Diagnostic {
        make(
            "json.too-deep", "more than \(limit) arrays and objects are nested", at: offset,
            hint: "nest less deeply")
    }

    func tooMany(at offset: Int, _ limit: Int) -> Diagnostic {
        make(
            "json.too-big", "there are more than \(limit) values", at: offset,
            hint: "check that this is the right file")
    }

    func diagnostic(of error: json_error_t) -> Diagnostic {
        let message = withUnsafePointer(to: error) { String(cString: shim_json_error_text($0)) }
        let end = min(max(0, Int(error.position)), bytes.count)
        let (problem, start) = culprit(message, end: end)
        switch json_error_code(withUnsafePointer(to: error) { $0 }) {
        case json_error_duplicate_key:
            let key = String(decoding: bytes[start..<end], as: UTF8.self)
            return make(
                "json.duplicate-key", "key `\(key)` stands twice in the same object", at: start,
                hint: "remove one of them")
        case json_error_end_of_input_expected:
            return make(
                "json.trailing-garbage", "something follows the end of the JSON value",
                at: start, hint: "remove what follows, or check for a bracket closed too early")
        case json_error_invalid_utf8:
            return make(
                "json.bad-utf8", problem, at: firstInvalidByte() ?? end,
                hint: "save the file as UTF-8")
        case json_error_numeric_overflow:
            return make(
                "json.number-out-of-range", problem, at: start,
                hint: "write a smaller number, or a string")
        case json_error_stack_overflow:
            return make("json.too-deep", problem, at: start, hint: "nest less deeply")
        case json_error_null_byte_in_key, json_error_null_character:
            return make("json.syntax", "a text holds `\\u0000`", at: start, hint: "remove it")
        case json_error_premature_end_of_input:
            return make(
                "json.syntax", bytes.isEmpty ? "the text is empty" : "the text ends too early",
                at: bytes.count, causes: [message],
                hint: "check that every bracket, brace and quote is closed")
        default: return make("json.syntax", problem, at: start, hint: syntaxHint(start))
        }
    }

    /// Jansson points behind the culprit and, where that is short, names it: `... near 'culprit'`.
    private func culprit(_ message: String, end: Int) -> (problem: String, start: Int) {
        var problem = message
        var start = end
        if let near = lastRange(of: " near '", in: message), message.hasSuffix("'") {
            let token = message[near.upperBound...].dropLast()
            problem = message[..<near.lowerBound] + " near `\(token)`"
            start = end - token.utf8.count
        } else if end > 0, bytes[end - 1] == UInt8(ascii: "\"") {
            start = openingQuote(before: end - 1)
        }
        // Within a string these are the culprit, not all of the string that was read so far.
        if message.hasPrefix("control character") { start = end }
        if message.hasPrefix("invalid escape") { start = end - 2 }
        return (problem, max(0, start))
    }

    private func lastRange(of part: String, in text: String) -> Range<String.Index>? {
        text.indices.last { text[$0...].hasPrefix(part) }.map {
            $0..<text.index($0, offsetBy: part.count)
        }
    }

    private func openingQuote(before closing: Int) -> Int {
        var index = closing - 1
        while index >= 0 {
            if bytes[index] == UInt8(ascii: "\"") {
                let escapes = bytes[..<index].reversed().prefix { $0 == UInt8(ascii: "\\") }
                if escapes.count.isMultiple(of: 2) { return index }
            }
            index -= 1
        }
        return closing
    }

    private func syntaxHint(_ start: Int) -> String {
        guard start < bytes.count else { return "check that everything is closed" }
        switch bytes[start] {
        case UInt8(ascii: "/"), UInt8(ascii: "#"): return "JSON has no comments: remove it"
        case UInt8(ascii: "'"): return "write strings in double quotes"
        case UInt8(ascii: "}"), UInt8(ascii: "]"): return "remove a comma before this bracket"
        case 0xEF: return "save the file as UTF-8 without a byte order mark"
        default: return "check this place for a missing comma, colon or quote"
        }
    }

    private func firstInvalidByte() -> Int? {
        var offset = 0
        var input = bytes.makeIterator()
        var parser = Unicode.UTF8.ForwardParser()
        while true {
            switch parser.parseScalar(from: &input) {
            case .valid(let scalar): offset += scalar.count
            case .error: return offset
            case .emptyInput: return nil
            }
        }
    }

    private func make(
        _ code: String, _ summary: String, at offset: Int, causes: [String] = [], hint: String
    ) -> Diagnostic {
        let before = bytes[..<min(offset, bytes.count)]
        let line = before.count { $0 == UInt8(ascii: "\n") } + 1
        let lineStart = before.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
        // Continuation bytes begin no character.
        let column = before[lineStart...].count { $0 & 0xC0 != 0x80 } + 1
        return Diagnostic(
            code: code, severity: .configuration, summary: summary,
            location: "\(source):\(line):\(column)", causes: causes, hint: hint)
    }
}
