/// What a guest's console says.
package enum ConsoleText {
    private static let shownLines = 6
    private static let shownCharacters = 160

    /// Whether some line is `<host name> login:`, with nothing behind it but what the kernel or
    /// systemd had to say next, in its brackets.
    static func asksForLogin(_ text: String) -> Bool {
        // From the end: the prompt is the last thing that is written.
        lines(of: text).reversed().contains { line in
            line.wholeMatch(of: /\S+ login:\s*(\[.*)?/) != nil
        }
    }

    /// Whether some line is the last word of a kernel.
    static func panics(_ text: String) -> Bool {
        lines(of: text).contains { $0.contains("Kernel panic - not syncing") }
    }

    /// The last lines with anything in them, without a terminal's control sequences.
    package static func lastLines(of text: String) -> [String] {
        lines(of: text).filter { !$0.allSatisfy(\.isWhitespace) }.suffix(shownLines)
            .map { "console: \($0.prefix(shownCharacters))" }
    }

    private static func lines(of text: String) -> [Substring] {
        let plain = text.replacing(/\u{1B}(\[[0-9;?]*[A-Za-z]|[=>c()][0-9A-Z]?)/, with: "")
        return plain.split(whereSeparator: \.isNewline)
    }
}
