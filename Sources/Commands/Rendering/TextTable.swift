import Diagnostics

/// Rows in columns that are as wide as their widest cell.
enum TextTable {
    /// - Parameter rows: of equal length; the last column is not padded.
    static func text(_ rows: [[String]]) -> String {
        let rows = rows.map { $0.map(ShownText.line) }
        guard let columns = rows.first?.count else { return "" }
        let widths = (0..<columns).map { column in rows.map { $0[column].count }.max() ?? 0 }
        return rows.map { row in
            var line = ""
            for (cell, width) in zip(row, widths) {
                line += cell + String(repeating: " ", count: width - cell.count + 2)
            }
            while line.hasSuffix(" ") { line.removeLast() }
            return line
        }.joined(separator: "\n")
    }
}
