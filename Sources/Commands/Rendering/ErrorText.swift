import Diagnostics

/// An error as text.
enum ErrorText {
    /// The lines of an error, what each begins with in a colour.
    static func text(_ problem: Diagnostic, _ palette: Palette) -> String {
        problem.lines.enumerated().map { number, line in
            palette.paint(line.label, number == 0 ? .failed : .faint) + " \(line.text)"
        }.joined(separator: "\n")
    }
}
