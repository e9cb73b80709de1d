import Diagnostics

/// The part of a release's text that belongs to this program, between two invisible markers.
///
/// Everything here goes by bytes: a text with CRLF, or one written with other combining
/// characters, comes out as it went in.
struct ReleaseSection: Sendable, Equatable {
    static let begin = "<!-- dssbatch:begin -->"
    static let end = "<!-- dssbatch:end -->"

    /// The text with its section replaced, or added at its end.
    ///
    /// - Parameters:
    ///   - notes: Markdown with LF; it takes the text's own line ends.
    ///   - body: what the release has now; nil for nothing.
    /// - Throws: `github.markers`.
    static func replace(in body: String?, by notes: String) throws -> String {
        let text = Array((body ?? "").utf8)
        let section = bytes(of: notes, lineEnd: lineEnd(of: text))
        if let range = try range(in: text) {
            return String(
                decoding: text[..<range.lowerBound] + section + text[range.upperBound...],
                as: UTF8.self)
        }
        return String(decoding: text + separator(after: text) + section, as: UTF8.self)
    }

    /// What the text says between the markers and with LF; nil where there are none.
    ///
    /// - Throws: `github.markers`.
    static func notes(in body: String?) throws -> String? {
        let text = Array((body ?? "").utf8)
        guard let range = try range(in: text) else { return nil }
        var inner: [UInt8] = []
        for byte in text[range].dropFirst(begin.utf8.count).dropLast(end.utf8.count) {
            if byte == lineFeed, inner.last == carriageReturn { inner.removeLast() }
            inner.append(byte)
        }
        if inner.first == lineFeed { inner.removeFirst() }
        if inner.last == lineFeed { inner.removeLast() }
        return String(decoding: inner, as: UTF8.self)
    }

    /// The notes as they stand between the markers: whatever a name in them holds, it is no marker.
    static func harmless(_ notes: String) -> String {
        notes.replacing("dssbatch:", with: "dssbatch&#58;")
    }

    /// How many characters, as `UpdateRelease.longestBody` counts them, the notes may have so that
    /// the whole text has no more than `limit`.
    static func room(in body: String?, limit: Int) throws -> Int {
        try limit - replace(in: body, by: "").unicodeScalars.count
    }

    /// How many characters a text of LF costs in a body.
    static func cost(of text: String, in body: String?) -> Int {
        let isLong = lineEnd(of: Array((body ?? "").utf8)).count > 1
        return text.unicodeScalars.count + (isLong ? text.utf8.count { $0 == lineFeed } : 0)
    }

    private static let lineFeed = UInt8(ascii: "\n")
    private static let carriageReturn = UInt8(ascii: "\r")

    private static func bytes(of notes: String, lineEnd: [UInt8]) -> [UInt8] {
        let lines = [begin, harmless(notes), end].joined(separator: "\n").utf8
        return Array(
            lines.split(separator: lineFeed, omittingEmptySubsequences: false)
                .joined(separator: lineEnd))
    }

    /// CRLF where the text has any, or would get one: what a browser sends has nothing else.
    private static func lineEnd(of text: [UInt8]) -> [UInt8] {
        let isLong = zip(text, text.dropFirst()).contains {
            $0 == carriageReturn && $1 == lineFeed
        }
        return isLong || text.last == carriageReturn
            ? [carriageReturn, lineFeed] : [lineFeed]
    }

    /// What makes a new section a paragraph of its own.
    private static func separator(after text: [UInt8]) -> [UInt8] {
        if text.isEmpty { return [] }
        let lineEnd = lineEnd(of: text)
        let ends = text.reversed().prefix { $0 == lineFeed || $0 == carriageReturn }
            .count { $0 == lineFeed }
        return Array(repeatElement(lineEnd, count: max(0, 2 - ends)).joined())
    }

    private static func range(in text: [UInt8]) throws -> Range<Int>? {
        let begins = places(of: begin, in: text)
        let ends = places(of: end, in: text)
        // People may write of `dssbatch:` what they like: only the markers themselves count.
        if begins.isEmpty, ends.isEmpty { return nil }
        guard begins.count == 1, ends.count == 1, let first = begins.first,
            let last = ends.first, first < last
        else { throw broken(begins: begins.count, ends: ends.count) }
        return first..<last + end.utf8.count
    }

    private static func broken(begins: Int, ends: Int) -> Diagnostic {
        Diagnostic(
            code: "github.markers", severity: .configuration,
            summary: "the release's text does not have one section of this program, begun and "
                + "ended in that order",
            causes: ["it has \(begins) × `\(begin)`, \(ends) × `\(end)`"],
            hint: "edit the release: leave one pair of markers, or delete all of them, then run "
                + "the same command again")
    }

    private static func places(of marker: String, in text: [UInt8]) -> [Int] {
        let marker = Array(marker.utf8)
        guard let first = marker.first, text.count >= marker.count else { return [] }
        return (0...text.count - marker.count).filter { place in
            text[place] == first && text[place..<place + marker.count].elementsEqual(marker)
        }
    }
}
