import Diagnostics

/// Rows in columns that are as wide as their widest cell.
enum TextTable {
    /// One text in a table.
    struct Cell: Sendable, ExpressibleByStringLiteral {
        let text: String
        /// What its colour says.
        let meaning: Palette.Meaning?

        /// - Parameter text: anybody's; shown as one line.
        init(_ text: String, _ meaning: Palette.Meaning? = nil) {
            self.text = ShownText.line(text)
            self.meaning = meaning
        }

        init(stringLiteral text: String) { self.init(text) }
    }

    /// A table without colours.
    ///
    /// - Parameter rows: of equal length; the last column is not padded.
    static func text(_ rows: [[String]]) -> String {
        text(rows.map { row in row.map { Cell($0) } }, .plain, columns: nil)
    }

    /// A table.
    ///
    /// - Parameters:
    ///   - rows: of equal length; the last column is not padded.
    ///   - columns: the terminal's, where the last column is cut at whole words to fit; nil where
    ///     nothing is cut.
    static func text(_ rows: [[Cell]], _ palette: Palette, columns: Int?) -> String {
        lines(rows, palette, columns: columns).joined(separator: "\n")
    }

    /// The lines of a table; see `text`.
    static func lines(_ rows: [[Cell]], _ palette: Palette, columns: Int?) -> [String] {
        guard let count = rows.first?.count, count > 0 else { return [] }
        let widths = (0..<count).map { column in rows.map { $0[column].text.count }.max() ?? 0 }
        return rows.map { row in
            var line = ""
            var end = 0
            for (column, cell) in row.enumerated() {
                let room = columns.map { $0 - end }
                let isCut = column == count - 1 && cell.text.count > room ?? .max
                let text = isCut ? WholeWords.cut(cell.text, room: room ?? 0) : cell.text
                line += palette.paint(text, cell.meaning)
                // Nothing follows what is last.
                guard row[(column + 1)...].contains(where: { !$0.text.isEmpty }) else { break }
                let gap = widths[column] - text.count + 2
                line += String(repeating: " ", count: gap)
                end += text.count + gap
            }
            while line.last == " " { line.removeLast() }
            return line
        }
    }
}
