import Glibc
import OrderedCollections

extension JSONValue {
    /// The form that digests are taken of: equal values have equal bytes.
    ///
    /// Keys are sorted by their UTF-8 bytes (which is code point order; RFC 8785 sorts by UTF-16
    /// and differs only beyond the basic plane), there is no white space, and `1`, `1.0` and
    /// `1e0` are all `1`. Jansson's own writer is not used, because it writes `0.1` with 17 digits.
    package var canonicalBytes: [UInt8] {
        var writer = JSONWriter(style: .canonical)
        writer.write(self)
        return writer.output
    }

    /// The canonical form of an object whose keys differ in bytes, though Swift may take some for
    /// equal, so that no object can hold them.
    package static func canonicalBytes(
        ofMembers members: [(key: String, value: JSONValue)]
    ) -> [UInt8] {
        var writer = JSONWriter(style: .canonical)
        writer.writeSorted(members)
        return writer.output
    }

    /// One line without an end: keys in their own order.
    package var compactText: String {
        var writer = JSONWriter(style: .compact)
        writer.write(self)
        return String(decoding: writer.output, as: UTF8.self)
    }

    /// Indented by two spaces, keys in their own order, a line break at the end.
    package var prettyText: String {
        var writer = JSONWriter(style: .pretty)
        writer.write(self)
        return String(decoding: writer.output, as: UTF8.self) + "\n"
    }
}

/// Collects the bytes of one value.
///
/// A number that is not finite has no JSON form and is written
/// as `null`, as ECMAScript does; `JSONValueEncoder` refuses it before.
private struct JSONWriter {
    enum Style {
        case canonical
        case compact
        case pretty
    }

    let style: Style
    var output: [UInt8] = []
    private var depth = 0

    init(style: Style) { self.style = style }

    mutating func write(_ value: JSONValue) {
        switch value {
        case .null: output += "null".utf8
        case .bool(let flag): output += (flag ? "true" : "false").utf8
        case .integer(let number): output += String(number).utf8
        case .number(let number): write(number)
        case .string(let text): write(text)
        case .array(let elements):
            write(elements, between: "[", "]") { writer, element in writer.write(element) }
        case .object(let members):
            if style == .canonical {
                writeSorted(members.elements)
            } else {
                write(members.elements, between: "{", "}") { writer, member in
                    writer.write(member)
                }
            }
        }
    }

    mutating func writeSorted(_ members: some Sequence<(key: String, value: JSONValue)>) {
        let sorted = members.sorted { Self.precedes($0.key, $1.key) }
        write(sorted, between: "{", "}") { writer, member in writer.write(member) }
    }

    /// Whether a text's bytes come before another's; at once, since keys are sorted at every start.
    private static func precedes(_ one: String, _ other: String) -> Bool {
        var (one, other) = (one, other)
        return one.withUTF8 { left in
            other.withUTF8 { right in
                let shared = min(left.count, right.count)
                guard shared > 0, let start = left.baseAddress, let others = right.baseAddress
                else { return left.count < right.count }
                let order = memcmp(start, others, shared)
                return order == 0 ? left.count < right.count : order < 0
            }
        }
    }

    private mutating func write(_ member: (key: String, value: JSONValue)) {
        write(member.key)
        output += (style == .pretty ? ": " : ":").utf8
        write(member.value)
    }

    private mutating func write(_ number: Double) {
        if !number.isFinite {
            output += "null".utf8
        } else if style == .canonical, let whole = Int64(exactly: number) {
            output += String(whole).utf8
        } else {
            // Swift's description is the shortest text that reads back as the same number.
            output += number.description.utf8
        }
    }

    private mutating func write(_ text: String) {
        output.append(UInt8(ascii: "\""))
        var text = text
        text.withUTF8 { bytes in
            // Hardly a text has anything to escape: what lies between goes as one piece.
            var start = 0
            for index in bytes.indices where Self.isEscaped(bytes[index]) {
                output += UnsafeBufferPointer(rebasing: bytes[start..<index])
                writeEscaped(bytes[index])
                start = index + 1
            }
            output += UnsafeBufferPointer(rebasing: bytes[start...])
        }
        output.append(UInt8(ascii: "\""))
    }

    private static func isEscaped(_ byte: UInt8) -> Bool {
        byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\")
    }

    private mutating func writeEscaped(_ byte: UInt8) {
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"): output += [UInt8(ascii: "\\"), byte]
        case 0x08: output += "\\b".utf8
        case 0x09: output += "\\t".utf8
        case 0x0A: output += "\\n".utf8
        case 0x0C: output += "\\f".utf8
        case 0x0D: output += "\\r".utf8
        // No reader of ours takes `\u0000`.
        case 0: output += "\u{FFFD}".utf8
        default:
            output += "\\u00".utf8
            output.append(UInt8(ascii: byte < 16 ? "0" : "1"))
            output += String(byte & 15, radix: 16).utf8
        }
    }

    private mutating func write<Part>(
        _ parts: some Collection<Part>, between open: String, _ close: String,
        _ writePart: (inout JSONWriter, Part) -> Void
    ) {
        output += open.utf8
        depth += 1
        var isFirst = true
        for part in parts {
            if !isFirst { output.append(UInt8(ascii: ",")) }
            isFirst = false
            breakLine()
            writePart(&self, part)
        }
        depth -= 1
        if !isFirst { breakLine() }
        output += close.utf8
    }

    private mutating func breakLine() {
        guard style == .pretty else { return }
        output.append(UInt8(ascii: "\n"))
        output += repeatElement(UInt8(ascii: " "), count: 2 * depth)
    }
}
