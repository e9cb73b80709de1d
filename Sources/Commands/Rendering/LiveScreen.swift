import BuildGraph
import Diagnostics

/// What the live view shows.
///
/// A line for each running stage is at the foot of the terminal, redrawn in place; what has ended
/// scrolls away above it. Each function gives what is to be written.
struct LiveScreen {
    private struct Running {
        let name: String
        let startedAt: Double
        let expectedSeconds: Double?
        var percent: Double?
        var message = ""
    }

    /// More than that would push what has ended off a small screen.
    private static let lineLimit = 16

    private let width: Int
    private var running: [Running] = []
    /// How many lines of the view are on the screen now.
    private var drawnLines = 0

    /// - Parameter width: the terminal's, in columns.
    init(width: Int) { self.width = width }

    /// Takes an event in.
    ///
    /// - Parameter seconds: when, by a clock that only goes forward.
    mutating func update(_ event: RunEvent, at seconds: Double) {
        guard event.stage != nil, let name = event.subject else { return }
        switch event.kind {
        case .stageStarted(let expected):
            running.append(Running(name: name, startedAt: seconds, expectedSeconds: expected))
        case .stageProgress(let percent, let message):
            for index in running.indices where running[index].name == name {
                running[index].percent = percent
                running[index].message = message
            }
        case .stageFinished: running.removeAll { $0.name == name }
        default: break
        }
    }

    /// Draws the view anew.
    ///
    /// - Parameter line: the text that scrolls away above it; nil for none.
    mutating func draw(above line: String?, at seconds: Double) -> String {
        let above = line.map { $0 + "\n" } ?? ""
        var text = erased() + above
        let lines = running.prefix(Self.lineLimit).map { self.line($0, seconds) }
        let rest = running.count - lines.count
        for shown in lines + (rest > 0 ? ["  and \(rest) more"] : []) { text += shown + "\n" }
        drawnLines = lines.count + (rest > 0 ? 1 : 0)
        return text
    }

    /// Takes the view off the screen until it is drawn again.
    mutating func erased() -> String {
        defer { drawnLines = 0 }
        // Up to the first line of the view, then clear to the end of the screen.
        return drawnLines > 0 ? "\u{1B}[\(drawnLines)A\r\u{1B}[J" : ""
    }

    /// Takes the view off the screen until another stage starts.
    mutating func finish() -> String {
        running = []
        return erased()
    }

    private func line(_ stage: Running, _ seconds: Double) -> String {
        // One column less: a full line would wrap and spoil the count.
        let room = max(20, width - 1)
        var line = "  \(stage.name)"
        var parts = ["  \(Durations.text(seconds - stage.startedAt))"]
        if let expected = stage.expectedSeconds { parts.append(" of \(Durations.text(expected))") }
        if let percent = stage.percent { parts.append("  \(Int(percent)) %") }
        // What does not fit is left out: half a number would be another one.
        for part in parts where line.count + part.count <= room { line += part }
        let message = WholeWords.cut(ShownText.line(stage.message), room: room - line.count - 2)
        if !message.isEmpty { line += "  \(message)" }
        return String(line.prefix(room))
    }
}
