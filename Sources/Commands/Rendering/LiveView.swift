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
    private let suspension: SuspensionSignals

    /// What a terminal is taken for that is gone by now.
    private static let lost = TerminalSize(columns: 80, rows: 24)

    init(console: Console, time: any TimeSource, palette: Palette) {
        self.console = console
        self.time = time
        screen = Mutex(LiveScreen(palette: palette))
        timer = DispatchSource.makeTimerSource(queue: .global())
        suspension = SuspensionSignals()
        timer.schedule(deadline: .now() + 1, repeating: 1)
        timer.setEventHandler { [weak self] in
            self?.write { $0.draw(above: nil, at: $1, on: $2) }
        }
        timer.resume()
        suspension.watch(
            onStop: { [weak self] stop in self?.suspend(stop) },
            onContinue: { [weak self] in
                self?.write { screen, now, size in
                    screen.leave()
                    return screen.draw(above: nil, at: now, on: size)
                }
            })
    }

    deinit { timer.cancel() }

    /// Says of how many releases it is.
    func expect(releases: Int) { screen.withLock { $0.board.releases = releases } }

    /// Shows one event.
    ///
    /// - Parameter line: the text that scrolls away; nil for none.
    func receive(_ event: RunEvent, line: String?) {
        write { screen, now, size in
            screen.board.update(event, at: now)
            return screen.draw(above: line, at: now, on: size)
        }
    }

    /// Shows a line above the view.
    func say(_ line: String) { write { $0.draw(above: line, at: $1, on: $2) } }

    /// Writes a line to standard output; on a screen it lands above the view.
    func printLine(_ line: String) {
        write { screen, now, size in
            console.writeError(screen.erased())
            console.printLine(line)
            return screen.draw(above: nil, at: now, on: size)
        }
    }

    /// Takes the view off the screen; a further run of the same command brings it back.
    func finish() { write { screen, _, _ in screen.finish() } }

    /// Takes the view off the screen while the program stands still.
    private func suspend(_ stop: () -> Void) {
        // Under the lock: nothing is drawn between the two.
        screen.withLock { screen in
            console.writeError(screen.erased())
            stop()
        }
    }

    /// Under the lock, so that nothing else is written in between.
    private func write(
        _ change: (inout LiveScreen, _ now: Double, _ size: TerminalSize) -> String
    ) {
        screen.withLock { screen in
            // Asked each time: a window may be of another size by now.
            let size = console.errorTerminal() ?? Self.lost
            let text = change(&screen, time.monotonicSeconds(), size)
            if !text.isEmpty { console.writeError(text) }
        }
    }
}
