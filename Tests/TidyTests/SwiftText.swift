/// A Swift file taken apart: per line what is code and what is comment, strings left out.
struct SwiftText: Sendable {
    /// The lines as they stand.
    let lines: [String]
    /// The same lines without comments and without what stands between quotes.
    let code: [String]
    /// Comments alone, with their slashes.
    let comments: [String]

    init(_ text: String) {
        var splitter = Splitter(bytes: Array(text.utf8))
        splitter.run()
        lines = Self.lines(of: Array(text.utf8))
        code = Self.lines(of: splitter.code)
        comments = Self.lines(of: splitter.comments)
    }

    private static func lines(of bytes: [UInt8]) -> [String] {
        var lines = bytes.split(separator: 0x0a, omittingEmptySubsequences: false)
        if lines.last?.isEmpty == true { lines.removeLast() }
        return lines.map { String(decoding: $0, as: UTF8.self) }
    }
}

/// Goes through a file byte by byte; line ends reach both outputs, so that they stay parallel.
private struct Splitter {
    /// A string that is open: how it ends, and how deep the parentheses of its interpolation are.
    private struct OpenString {
        let hashes: Int
        let isMultiline: Bool
        var depth = 0
    }

    let bytes: [UInt8]
    var code: [UInt8] = []
    var comments: [UInt8] = []
    private var position = 0
    private var strings: [OpenString] = []

    init(bytes: [UInt8]) { self.bytes = bytes }

    mutating func run() {
        while position < bytes.count {
            if let open = strings.last, open.depth == 0 {
                stepInString(open)
            } else {
                stepInCode()
            }
        }
    }

    private func has(_ text: StaticString, at start: Int) -> Bool {
        text.withUTF8Buffer { bytes[min(start, bytes.count)...].starts(with: $0) }
    }

    /// Whether a byte can begin or end anything at all.
    private static func isPlain(_ byte: UInt8) -> Bool {
        byte > UInt8(ascii: "/") && byte != UInt8(ascii: "\\") || byte == UInt8(ascii: " ")
    }

    private mutating func stepInCode() {
        if Self.isPlain(bytes[position]) {
            code.append(bytes[position])
            position += 1
            return
        }
        if has("//", at: position) { return takeLineComment() }
        if has("/*", at: position) { return takeBlockComment() }
        let hashes = bytes[position...].prefix { $0 == UInt8(ascii: "#") }.count
        if position + hashes < bytes.count, bytes[position + hashes] == UInt8(ascii: "\"") {
            let isMultiline = has("\"\"\"", at: position + hashes)
            position += hashes + (isMultiline ? 3 : 1)
            code.append(UInt8(ascii: "\""))
            strings.append(OpenString(hashes: hashes, isMultiline: isMultiline))
            return
        }
        let byte = bytes[position]
        if let last = strings.indices.last {
            if byte == UInt8(ascii: "(") { strings[last].depth += 1 }
            if byte == UInt8(ascii: ")") { strings[last].depth -= 1 }
        }
        code.append(byte)
        if byte == 0x0a { comments.append(byte) }
        position += 1
    }

    private mutating func stepInString(_ open: OpenString) {
        if Self.isPlain(bytes[position]) {
            position += 1
            return
        }
        let hashes = [UInt8](repeating: UInt8(ascii: "#"), count: open.hashes)
        let quotes = [UInt8](repeating: UInt8(ascii: "\""), count: open.isMultiline ? 3 : 1)
        if bytes[position...].starts(with: quotes + hashes) {
            position += quotes.count + hashes.count
            code.append(UInt8(ascii: "\""))
            strings.removeLast()
        } else if bytes[position...].starts(with: [UInt8(ascii: "\\")] + hashes) {
            position += 1 + hashes.count
            if position < bytes.count, bytes[position] == UInt8(ascii: "(") {
                strings[strings.count - 1].depth = 1
                code.append(UInt8(ascii: "("))
                position += 1
            } else if position < bytes.count, bytes[position] != 0x0a {
                position += 1
            }
        } else {
            if bytes[position] == 0x0a { endLine() }
            position += 1
        }
    }

    private mutating func endLine() {
        code.append(0x0a)
        comments.append(0x0a)
    }

    private mutating func takeLineComment() {
        while position < bytes.count, bytes[position] != 0x0a {
            comments.append(bytes[position])
            position += 1
        }
    }

    private mutating func takeBlockComment() {
        var depth = 0
        repeat {
            if has("/*", at: position) { depth += 1 }
            if has("*/", at: position) { depth -= 1 }
            if bytes[position] == 0x0a { endLine() } else { comments.append(bytes[position]) }
            position += 1
        } while position < bytes.count && depth > 0
        if position < bytes.count { position += 1 }
    }
}
