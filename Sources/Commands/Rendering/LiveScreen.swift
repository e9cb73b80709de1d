import BuildGraph

/// What the live view writes.
///
/// | on the screen | what holds |
/// |---|---|
/// | above | what a person wants to keep; it scrolls away |
/// | block | what goes on (`LiveBlock`), redrawn in place; the cursor stands below it |
///
/// Each function gives what is to be written.
struct LiveScreen {
    /// What goes on.
    var board = LiveBoard()
    private let palette: Palette
    /// How many columns each line of the block has that is on the screen now.
    private var drawn: [Int] = []
    /// How large the terminal was then.
    private var drawnSize: TerminalSize?
    /// The last lines above, for a terminal that was made narrower.
    private var kept: [String] = []
    private static let keptLimit = 200

    init(palette: Palette) { self.palette = palette }

    /// Draws the view anew.
    ///
    /// - Parameters:
    ///   - text: what scrolls away above it; nil for nothing.
    ///   - now: by a clock that only goes forward.
    ///   - size: the terminal's, now.
    mutating func draw(above text: String?, at now: Double, on size: TerminalSize) -> String {
        var written = isSpoilt(on: size) ? repainted(on: size) : erased()
        if let text {
            let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
                .flatMap { WholeWords.wrapped(String($0), columns: size.columns) }
            kept = (kept + lines).suffix(Self.keptLimit)
            for line in lines { written += line + "\n" }
        }
        let block = LiveBlock(board: board, size: size, palette: palette).lines(at: now)
        for line in block { written += line + "\n" }
        drawn = block.map(WholeWords.columns)
        drawnSize = size
        return written
    }

    /// Takes the block off the screen until it is drawn again.
    mutating func erased() -> String {
        defer { drawn = [] }
        // Up to the first line of the block, then clear to the end of the screen.
        return drawn.isEmpty ? "" : "\u{1B}[\(drawn.count)A\r\u{1B}[J"
    }

    /// Takes the block off the screen until another stage starts.
    mutating func finish() -> String {
        board.clear()
        return erased()
    }

    /// Leaves the block where it is: others have written below it.
    mutating func leave() { drawn = [] }

    /// Whether nobody knows on how many rows the block is: terminals wrap what became too long, or
    /// cut it.
    private func isSpoilt(on size: TerminalSize) -> Bool {
        guard let drawnSize, size.columns < drawnSize.columns else { return false }
        return drawn.contains { $0 > size.columns }
    }

    /// Clears the screen, and writes again what was above the block.
    private mutating func repainted(on size: TerminalSize) -> String {
        drawn = []
        let lines = kept.suffix(max(0, size.rows / 2))
        return "\u{1B}[H\u{1B}[2J" + lines.map { $0 + "\n" }.joined()
    }
}
