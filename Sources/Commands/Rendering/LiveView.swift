import BuildGraph
import Diagnostics
@preconcurrency import Dispatch
import Synchronization

/// The live view on a terminal, which moves on once a second.
final class LiveView: Sendable {
    private let console: Console
    private let time: any TimeSource
    private let screen: Mutex<LiveScreen>
    private let timer: any DispatchSourceTimer

    init(console: Console, time: any TimeSource) {
        self.console = console
        self.time = time
        screen = Mutex(LiveScreen(width: console.errorTerminal()?.columns ?? 80))
        timer = DispatchSource.makeTimerSource(queue: .global())
        timer.schedule(deadline: .now() + 1, repeating: 1)
        timer.setEventHandler { [weak self] in self?.write { $0.draw(above: nil, at: $1) } }
        timer.resume()
    }

    deinit { timer.cancel() }

    /// Shows one event.
    ///
    /// - Parameter line: the text that scrolls away; nil for none.
    func receive(_ event: RunEvent, line: String?) {
        write { screen, seconds in
            screen.update(event, at: seconds)
            return screen.draw(above: line, at: seconds)
        }
    }

    /// Shows a line above the view.
    func say(_ line: String) { write { $0.draw(above: line, at: $1) } }

    /// Writes a line to standard output; on a screen it lands above the view.
    func printLine(_ line: String) {
        write { screen, seconds in
            console.writeError(screen.erased())
            console.printLine(line)
            return screen.draw(above: nil, at: seconds)
        }
    }

    /// Takes the view off the screen; a further run of the same command brings it back.
    func finish() { write { screen, _ in screen.finish() } }

    /// Under the lock, so that nothing else is written in between.
    private func write(_ change: (inout LiveScreen, _ seconds: Double) -> String) {
        screen.withLock { screen in
            let text = change(&screen, time.monotonicSeconds())
            if !text.isEmpty { console.writeError(text) }
        }
    }
}
