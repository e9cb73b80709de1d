import BuildGraph
import Diagnostics
@preconcurrency import Dispatch
import FoundationEssentials
import Synchronization

/// A line for each running stage at the foot of the terminal, redrawn in place; what has ended
/// scrolls away above it.
final class LiveView: Sendable {
    private struct Running {
        let startedAt: Double
        let expectedSeconds: Double?
        var percent: Double?
        var message = ""
    }

    private struct State {
        var running: [(name: String, stage: Running)] = []
        /// How many lines of the view are on the screen now.
        var drawnLines = 0
        var isFinished = false
    }

    /// More than that would push what has ended off a small screen.
    private static let lineLimit = 16

    private let width: Int
    private let time = SystemTimeSource()
    private let state = Mutex(State())
    private let timer: any DispatchSourceTimer

    init(width: Int) {
        self.width = width
        timer = DispatchSource.makeTimerSource(queue: .global())
        timer.schedule(deadline: .now() + 1, repeating: 1)
        timer.setEventHandler { [weak self] in self?.redraw() }
        timer.resume()
    }

    /// Shows one event.
    ///
    /// - Parameter line: the text that scrolls away; nil for none.
    func receive(_ event: RunEvent, line: String?) {
        state.withLock { state in
            update(&state, event)
            draw(&state, above: line)
        }
    }

    /// Shows a line above the view.
    func say(_ line: String) { state.withLock { draw(&$0, above: line) } }

    /// Writes a line to standard output; on a screen it lands above the view.
    func printLine(_ line: String) {
        state.withLock { state in
            let running = state.running
            state.running = []
            draw(&state, above: nil)
            StandardStreams.printLine(line)
            state.running = running
            draw(&state, above: nil)
        }
    }

    /// Takes the view off the screen for good.
    func finish() {
        timer.cancel()
        state.withLock { state in
            state.running = []
            draw(&state, above: nil)
            state.isFinished = true
        }
    }

    private func redraw() { state.withLock { draw(&$0, above: nil) } }

    private func update(_ state: inout State, _ event: RunEvent) {
        guard event.stage != nil, let name = event.subject else { return }
        switch event.kind {
        case .stageStarted(let expected):
            let stage = Running(startedAt: time.monotonicSeconds(), expectedSeconds: expected)
            state.running.append((name, stage))
        case .stageProgress(let percent, let message):
            for index in state.running.indices where state.running[index].name == name {
                state.running[index].stage.percent = percent
                state.running[index].stage.message = message
            }
        case .stageFinished: state.running.removeAll { $0.name == name }
        default: break
        }
    }

    private func draw(_ state: inout State, above line: String?) {
        guard !state.isFinished else {
            if let line { StandardStreams.writeError(line + "\n") }
            return
        }
        var text = ""
        // Up to the first line of the view, then clear to the end of the screen.
        if state.drawnLines > 0 { text += "\u{1B}[\(state.drawnLines)A\r\u{1B}[J" }
        if let line { text += line + "\n" }
        let lines = state.running.prefix(Self.lineLimit).map { self.line($0.name, $0.stage) }
        let rest = state.running.count - lines.count
        for shown in lines + (rest > 0 ? ["  and \(rest) more"] : []) { text += shown + "\n" }
        state.drawnLines = lines.count + (rest > 0 ? 1 : 0)
        if !text.isEmpty { StandardStreams.writeError(text) }
    }

    private func line(_ name: String, _ stage: Running) -> String {
        let elapsed = time.monotonicSeconds() - stage.startedAt
        var parts = ["  \(name)", Durations.text(elapsed)]
        if let expected = stage.expectedSeconds { parts[1] += " of \(Durations.text(expected))" }
        if let percent = stage.percent { parts.append("\(Int(percent)) %") }
        if !stage.message.isEmpty { parts.append(ShownText.line(stage.message)) }
        // One column less: a full line would wrap and spoil the count.
        return String(parts.joined(separator: "  ").prefix(max(20, width - 1)))
    }
}
