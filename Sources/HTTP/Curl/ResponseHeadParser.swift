/// Collects the header lines that libcurl hands over one by one.
///
/// A 1xx answer is forgotten when the next status line comes; trailers, which come after the
/// body, are left out.
struct ResponseHeadParser {
    /// What one more line means.
    enum Step {
        case more
        case complete(HTTPResponse)
        /// More header bytes than any sound server sends.
        case tooLong
    }

    /// Longest sum of header lines of one answer.
    static let limitBytes = 256 * 1024

    private var status = 0
    private var headers: [(name: String, value: String)] = []
    private var countedBytes = 0
    private var isComplete = false

    /// Takes one line, with or without its line end.
    mutating func consume(_ line: some Sequence<UInt8>) -> Step {
        if isComplete { return .more }
        var bytes = Array(line)
        countedBytes += bytes.count
        if countedBytes > Self.limitBytes { return .tooLong }
        while let last = bytes.last, last == 0x0a || last == 0x0d { bytes.removeLast() }
        if bytes.isEmpty { return endOfBlock() }
        let text = String(decoding: bytes, as: UTF8.self)
        if text.hasPrefix("HTTP/") {
            let words = text.split(separator: " ", maxSplits: 2)
            status = words.count > 1 ? Int(words[1]) ?? 0 : 0
            headers = []
        } else if text.hasPrefix(" ") || text.hasPrefix("\t") {
            // A folded line continues the value before it (RFC 9112, section 5.2).
            if let last = headers.indices.last { headers[last].value += " " + Self.trimmed(text) }
        } else if let colon = text.firstIndex(of: ":") {
            let value = Self.trimmed(text[text.index(after: colon)...])
            headers.append((name: String(text[..<colon]), value: value))
        }
        return .more
    }

    private mutating func endOfBlock() -> Step {
        guard status >= 200 else { return .more }
        isComplete = true
        return .complete(HTTPResponse(status: status, headers: headers))
    }

    private static func trimmed(_ text: some StringProtocol) -> String {
        let isBlank: (Character) -> Bool = { $0 == " " || $0 == "\t" }
        let front = text.drop(while: isBlank)
        guard let last = front.lastIndex(where: { !isBlank($0) }) else { return "" }
        return String(front[...last])
    }
}
