import BuildGraph
import Diagnostics
import JSON
import Releasing
import Synchronization

/// Shows the events of a run: JSON lines on standard output where they are asked for, and text or
/// a live view on standard error.
final class EventOutput: Sendable {
    let console: Console
    /// The colours of standard output.
    let dataPalette: Palette
    /// The colours of standard error.
    let errorPalette: Palette
    private let options: GlobalOptions
    private let live: LiveView?
    /// What runs have made and not removed.
    private let things = Mutex(StandingThings())
    /// The last progress message of each stage: the same one again is not worth a line.
    private let lastMessages = Mutex<[String: String]>([:])

    init(_ options: GlobalOptions, _ call: Invocation) {
        let environment = call.environment
        let isTerminal = call.console.errorTerminal() != nil
        let isLive =
            isTerminal && !options.quiet && environment["CI"] == nil
            && environment["TERM"] != "dumb"
        console = call.console
        dataPalette = Palette(
            isTerminal: console.outputTerminal() != nil, noColor: options.noColor,
            environment: environment)
        errorPalette = Palette(
            isTerminal: isTerminal, noColor: options.noColor, environment: environment)
        self.options = options
        live =
            isLive ? LiveView(console: call.console, time: call.time, palette: errorPalette) : nil
    }

    /// Whether standard output is a stream of events.
    var isJSON: Bool { options.json }

    /// Shows one event.
    func receive(_ event: RunEvent) {
        things.withLock { $0.update(event) }
        if options.json {
            console.printLine(event.json.compactText)
        } else if case .preview(let preview) = event.kind {
            printLine(PreviewText.text(preview, of: event.stage))
        }
        if let live {
            live.receive(event, line: line(event))
        } else if let line = line(event) {
            console.writeError(line + "\n")
        }
    }

    /// Says something that belongs to no stage.
    func say(_ message: String) {
        guard !options.quiet, options.logLevel != .error else { return }
        if let live { live.say(message) } else { console.writeError(message + "\n") }
    }

    /// Writes a line of data to standard output, whatever standard error shows.
    func printLine(_ line: String) {
        if let live { live.printLine(line) } else { console.printLine(line) }
    }

    /// How a plan is shown on standard output.
    func planForm(explain: Bool) -> PlanText.Form {
        PlanText.Form(
            explain: explain, palette: dataPalette, columns: console.outputTerminal()?.columns)
    }

    /// What runs have made and not removed by now.
    var standing: StandingThings { things.withLock { $0 } }

    /// Says what only matters to who looks for a fault; nil where nobody does.
    var debugSink: (@Sendable (String) -> Void)? {
        guard options.logLevel == .debug, !options.quiet else { return nil }
        return { text in
            for line in text.split(separator: "\n") {
                self.say("debug: \(ShownText.line(String(line)))")
            }
        }
    }

    /// Says of how many releases what follows is.
    func expect(releases: Int) { live?.expect(releases: releases) }

    /// Takes the live view away, so that what follows is plain text until another run begins.
    func finish() { live?.finish() }

    private func line(_ event: RunEvent) -> String? {
        if case .error = event.kind { return EventText.line(event, .kept, errorPalette) }
        if options.quiet || options.logLevel == .error { return nil }
        if case .stageProgress(_, let message) = event.kind, let subject = event.subject {
            let isNew = lastMessages.withLock {
                $0.updateValue(message, forKey: subject) != message
            }
            if !isNew { return nil }
        }
        return EventText.line(event, detail, errorPalette)
    }

    private var detail: EventText.Detail {
        switch options.logLevel {
        case .error, .normal: live == nil ? .short : .kept
        case .info: .full
        case .debug: .all
        }
    }
}
