import Glibc

/// How much a terminal shows.
struct TerminalSize: Sendable, Equatable {
    let columns: Int
    let rows: Int

    /// Makes one; see the properties.
    init(columns: Int, rows: Int) {
        self.columns = columns
        self.rows = rows
    }

    /// What a terminal is taken for that does not say.
    private static let usual = TerminalSize(columns: 80, rows: 24)

    /// The size that a stream has now; nil where it is no terminal.
    static func of(_ descriptor: Int32) -> TerminalSize? {
        guard isatty(descriptor) == 1 else { return nil }
        var size = winsize()
        guard ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return usual }
        return TerminalSize(
            columns: Int(size.ws_col), rows: size.ws_row > 0 ? Int(size.ws_row) : usual.rows)
    }
}
