import ArgumentParser
import BuildGraph
import Diagnostics
import Foundation
import TestSupport
import Testing

@testable import Commands

@Suite struct LiveScreenTests {
    /// What happens in a run, each with the seconds since its start.
    private static let story: [(Double, StageName?, RunEvent.Kind)] = [
        (0, "source-ami", .stageStarted(expectedSeconds: nil)),
        (0.4, "source-ami", .stageFinished(.succeeded, seconds: 0.4)),
        (0.4, "instance", .stageStarted(expectedSeconds: 95)),
        (3, "instance", .stageProgress(percent: nil, message: "stack is CREATE_IN_PROGRESS")),
        (4, nil, .warning("the quota of machines is nearly used up")),
        (95, "instance", .stageFinished(.succeeded, seconds: 94.6)),
        (95, "export-vmdk", .stageStarted(expectedSeconds: 3700)),
        (95, "export-vhd", .stageStarted(expectedSeconds: nil)),
        (
            2000, "export-vmdk",
            .stageProgress(percent: 42.5, message: "converting; EC2 tells no more than that of it")
        ),
        (
            2100, "export-vhd",
            .error(
                Diagnostic(
                    code: "export.failed", summary: "the export task failed",
                    hint: "run the same command again"))
        ),
        (2100, "export-vhd", .stageFinished(.failed, seconds: 2005)),
        (3900, "export-vmdk", .stageFinished(.succeeded, seconds: 3805)),
    ]

    private static func event(_ stage: StageName?, _ kind: RunEvent.Kind) -> RunEvent {
        RunEvent(time: Date(timeIntervalSince1970: 0), stage: stage, kind: kind)
    }

    @Test(arguments: [(40, "live-40.txt"), (80, "live-80.txt"), (200, "live-200.txt")])
    func `what ends scrolls away above what runs`(width: Int, golden: String) throws {
        var screen = LiveScreen(width: width)
        var frames = ""
        for (seconds, stage, kind) in Self.story {
            let event = Self.event(stage, kind)
            screen.update(event, at: seconds)
            let line = EventText.line(event, isDebug: false, .plain)
            frames += "at \(seconds)\n" + screen.draw(above: line, at: seconds)
        }
        frames += "end\n" + screen.finish() + screen.draw(above: "after it", at: 4000)
        try GoldenFile(golden).check(
            frames.replacing("\u{1B}", with: "␛").replacing("\r", with: "␍"))
    }

    /// `export-vm` makes an image by one run and exports it by another.
    @Test func `a further run is shown as the first was`() {
        var screen = LiveScreen(width: 80)
        let started = Self.event("ami", .stageStarted(expectedSeconds: nil))
        screen.update(started, at: 0)
        #expect(screen.draw(above: nil, at: 1) == "  ami  1.0 s\n")
        #expect(screen.finish() == "\u{1B}[1A\r\u{1B}[J")
        #expect(screen.draw(above: "done", at: 2) == "done\n")
        screen.update(started, at: 3)
        #expect(screen.draw(above: nil, at: 4) == "  ami  1.0 s\n")
    }

    @Test(arguments: 1...60)
    func `no line is longer than the terminal, nor a word cut`(width: Int) {
        var screen = LiveScreen(width: width)
        let message = "converting; EC2 tells no more than that of it"
        screen.update(Self.event("export-vmdk", .stageStarted(expectedSeconds: 3700)), at: 0)
        screen.update(
            Self.event("export-vmdk", .stageProgress(percent: 42, message: message)), at: 1)
        let line = String(screen.draw(above: nil, at: 1905).dropLast())
        #expect(line.count <= max(20, width - 1))
        let words = ["export-vmdk", "31", "min", "45", "s", "of", "1", "h", "01", "min", "42", "%"]
        let known = Set(words + message.split(separator: " ").map(String.init))
        for word in line.split(separator: " ") {
            #expect(known.contains(String(word.last == "…" ? word.dropLast() : word)))
        }
    }

    @Test func `a small screen keeps room for what has ended`() {
        var screen = LiveScreen(width: 40)
        for number in 0..<40 {
            screen.update(
                Self.event(StageName(rawValue: "s\(number)"), .stageStarted(expectedSeconds: nil)),
                at: 0)
        }
        let lines = screen.draw(above: nil, at: 1).split(separator: "\n")
        #expect(lines.count == 17)
        #expect(lines.last == "  and 24 more")
        #expect(screen.erased() == "\u{1B}[17A\r\u{1B}[J")
        #expect(screen.erased().isEmpty)
    }

    /// A terminal on which nothing can be drawn, and what is no terminal, get the same lines.
    @Test(arguments: [["CI": "true"], ["TERM": "dumb"], [:]])
    func `without a live view each event is a line`(variables: [String: String]) throws {
        let bench = try CommandBench()
        let written = WrittenText()
        let console = Console(
            output: { _ in Issue.record("an event is no data") }, error: { written.add($0) },
            answer: { _ in nil }, canAsk: false, outputTerminal: { nil },
            errorTerminal: {
                variables.isEmpty ? nil : TerminalSize(columns: 40, rows: 24)
            })
        let output = EventOutput(
            try GlobalOptions.parse([]), bench.call([], variables, console: console))
        for (_, stage, kind) in Self.story { output.receive(Self.event(stage, kind)) }
        output.finish()
        try GoldenFile("live-plain.txt").check(written.all)
    }

    /// `NO_COLOR` and `--no-color` take the colours and nothing else.
    @Test(arguments: [
        ([:], [], true), (["NO_COLOR": ""], [], true), (["NO_COLOR": "1"], [], false),
        ([:], ["--no-color"], false),
    ])
    func `what wants no colour still gets the view`(
        variables: [String: String], options: [String], isColoured: Bool
    ) throws {
        let bench = try CommandBench()
        let written = WrittenText()
        let console = Console(
            output: { _ in }, error: { written.add($0) }, answer: { _ in nil }, canAsk: false,
            outputTerminal: { nil }, errorTerminal: { TerminalSize(columns: 80, rows: 24) })
        let output = EventOutput(
            try GlobalOptions.parse(options), bench.call([], variables, console: console))
        for (_, stage, kind) in Self.story { output.receive(Self.event(stage, kind)) }
        output.finish()
        #expect(written.all.contains("\u{1B}[J"))
        #expect(written.all.contains("\u{1B}[33mwarning:\u{1B}[0m") == isColoured)
        #expect(written.all.contains("\u{1B}[0m") == isColoured)
    }
}
