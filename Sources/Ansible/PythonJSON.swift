/// What Python's `json` writes and JSON does not know, made strict.
///
/// A module may answer anything: a number that is none, one of hundreds of digits, half of a
/// surrogate pair, a NUL. Which task failed and why must be understood all the same.
///
/// Source: <https://docs.python.org/3/library/json.html#standard-compliance-and-interoperability>
enum PythonJSON {
    /// The same text with `NaN` and infinities as null, big numbers as strings, and every escape
    /// that stands for no character as U+FFFD.
    static func strict(_ line: String) -> [UInt8] {
        let bytes = Array(line.utf8)
        var made: [UInt8] = []
        made.reserveCapacity(bytes.count)
        var place = 0
        while place < bytes.count {
            switch bytes[place] {
            case UInt8(ascii: "\""): string(bytes, &place, &made)
            case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "N"),
                UInt8(ascii: "I"):
                word(bytes, &place, &made)
            default:
                made.append(bytes[place])
                place += 1
            }
        }
        return made
    }

    /// A number, or what Python writes for none.
    private static func word(_ bytes: [UInt8], _ place: inout Int, _ made: inout [UInt8]) {
        let start = place
        while place < bytes.count, isPart(bytes[place]) { place += 1 }
        let text = String(decoding: bytes[start..<place], as: UTF8.self)
        if ["NaN", "Infinity", "-Infinity"].contains(text) {
            made += "null".utf8
        } else if !fits(text) {
            made += "\"\(text)\"".utf8
        } else {
            made += text.utf8
        }
    }

    /// Whether a number has its place in 64 bits; what is no number is the parser's to refuse.
    private static func fits(_ text: String) -> Bool {
        if text.utf8.allSatisfy({ $0 == 0x2D || (0x30...0x39).contains($0) }) {
            return text.utf8.count < 19 || Int64(text) != nil
        }
        return Double(text)?.isFinite != false
    }

    private static func isPart(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2B, 0x2D, 0x2E: true
        default: false
        }
    }

    /// A string with its quotes.
    private static func string(_ bytes: [UInt8], _ place: inout Int, _ made: inout [UInt8]) {
        made.append(bytes[place])
        place += 1
        while place < bytes.count {
            let byte = bytes[place]
            if byte == UInt8(ascii: "\\"), let unit = unit(bytes, place) {
                escape(unit, bytes, &place, &made)
                continue
            }
            let length = byte == UInt8(ascii: "\\") ? min(2, bytes.count - place) : 1
            made += bytes[place..<place + length]
            place += length
            if byte == UInt8(ascii: "\"") { return }
        }
    }

    /// An escape of a code unit: kept where it stands for a character, alone or with the next.
    private static func escape(
        _ first: UInt16, _ bytes: [UInt8], _ place: inout Int, _ made: inout [UInt8]
    ) {
        var length = 6
        var isCharacter = first != 0 && !UTF16.isSurrogate(first)
        if UTF16.isLeadSurrogate(first), let second = unit(bytes, place + 6),
            UTF16.isTrailSurrogate(second)
        {
            length = 12
            isCharacter = true
        }
        made += isCharacter ? bytes[place..<place + length] : Array("\u{FFFD}".utf8)[...]
        place += length
    }

    /// The code unit that an escape at a place stands for; nil where none does.
    private static func unit(_ bytes: [UInt8], _ place: Int) -> UInt16? {
        guard place + 6 <= bytes.count, bytes[place] == UInt8(ascii: "\\"),
            bytes[place + 1] == UInt8(ascii: "u")
        else { return nil }
        return UInt16(String(decoding: bytes[place + 2..<place + 6], as: UTF8.self), radix: 16)
    }
}
