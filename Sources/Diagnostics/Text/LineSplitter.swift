/// Cuts a stream of bytes into lines; what is no UTF-8 becomes U+FFFD.
package struct LineSplitter: Sendable {
    private let limitBytes: Int
    private var line: [UInt8] = []

    /// Begins a stream.
    ///
    /// - Parameter limitBytes: the rest of a longer line is dropped.
    package init(limitBytes: Int) { self.limitBytes = limitBytes }

    /// Takes the next bytes and gives the lines that they end, without `\n` or `\r\n`.
    package mutating func add(_ bytes: UnsafeRawBufferPointer) -> [String] {
        var lines: [String] = []
        var rest = bytes[...]
        while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
            keep(rest[..<end])
            lines.append(text())
            line.removeAll(keepingCapacity: true)
            rest = rest[(end + 1)...]
        }
        keep(rest)
        return lines
    }

    /// The last line where the stream does not end with a line break.
    package func rest() -> String? { line.isEmpty ? nil : text() }

    private mutating func keep(_ part: Slice<UnsafeRawBufferPointer>) {
        line += part.prefix(limitBytes - line.count)
    }

    private func text() -> String {
        String(
            decoding: line.last == UInt8(ascii: "\r") ? line.dropLast() : line[...], as: UTF8.self)
    }
}
