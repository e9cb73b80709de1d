import ArgumentParser
import Diagnostics
import Foundation
import TestSupport
import Testing

@testable import BuildGraph
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

    private static func plan() -> RunEvent.Kind {
        let stages = ["source-ami", "instance", "export-vmdk", "export-vhd", "sums"].map {
            PlannedStage.waiting($0, seconds: $0 == "sums" ? nil : 95)
        }
        return .plan(.of(stages, seconds: 4000))
    }

    @Test(arguments: [(40, "live-40.txt"), (80, "live-80.txt"), (200, "live-200.txt")])
    func `what goes on stays at the foot, below what is worth keeping`(
        width: Int, golden: String
    ) throws {
        var screen = LiveScreen(palette: .plain)
        var frames = ""
        for (seconds, stage, kind) in [(0, nil, Self.plan())] + Self.story {
            let event = Self.event(stage, kind)
            screen.board.update(event, at: seconds)
            let line = EventText.line(event, .kept, .plain)
            frames +=
                "at \(seconds)\n"
                + screen.draw(
                    above: line, at: seconds, on: TerminalSize(columns: width, rows: 24))
        }
        frames +=
            "end\n" + screen.finish()
            + screen.draw(
                above: "after it", at: 4000, on: TerminalSize(columns: width, rows: 24))
        try GoldenFile(golden).check(
            frames.replacing("\u{1B}", with: "␛").replacing("\r", with: "␍"))
    }

    private static let coloured = Palette(isTerminal: true, noColor: false, environment: [:])
    private let size = TerminalSize(columns: 80, rows: 24)

    /// `export-vm` makes an image by one run and exports it by another.
    @Test func `a further run is shown as the first was`() {
        var screen = LiveScreen(palette: .plain)
        let started = Self.event("ami", .stageStarted(expectedSeconds: nil))
        screen.board.update(started, at: 0)
        #expect(
            screen.draw(above: nil, at: 1, on: size) == "running   ami  1.0 s\n0/1 · 0.0 s\n")
        #expect(screen.finish() == "\u{1B}[2A\r\u{1B}[J")
        #expect(screen.draw(above: "done", at: 2, on: size) == "done\n")
        screen.board.update(started, at: 3)
        #expect(
            screen.draw(above: nil, at: 4, on: size) == "running   ami  1.0 s\n0/1 · 0.0 s\n")
    }

    @Test(arguments: 1...60)
    func `no line is longer than the terminal, nor a word cut`(width: Int) {
        var board = LiveBoard()
        let message = "converting; EC2 tells no more than that of it"
        board.update(Self.event("export-vmdk", .stageStarted(expectedSeconds: 3700)), at: 0)
        board.update(
            Self.event("export-vmdk", .stageProgress(percent: 42, message: message)), at: 1)
        let size = TerminalSize(columns: width, rows: 24)
        let lines = LiveBlock(board: board, size: size, palette: .plain).lines(at: 1905)
        #expect(lines.allSatisfy { $0.count <= max(1, width - 1) })
        let coloured = LiveBlock(board: board, size: size, palette: Self.coloured).lines(at: 1905)
        #expect(coloured.map(WholeWords.columns) == lines.map(\.count))
        let words = ["running", "export-vmdk", "31", "min", "45", "s", "of", "about", "1", "h"]
        let known = Set(words + ["02", "42", "%", "████░░░░░░"])
            .union(message.split(separator: " ").map(String.init))
        guard width > 21 else { return }
        for word in lines[0].split(separator: " ") {
            #expect(known.contains(String(word.last == "…" ? word.dropLast() : word)))
        }
    }

    @Test(arguments: 1...20)
    func `there are never more lines than the terminal has`(rows: Int) {
        var board = LiveBoard()
        let stages = (0..<14).map {
            PlannedStage.waiting(StageName(rawValue: "s\($0)"), seconds: nil)
        }
        board.update(Self.event(nil, .plan(.of(stages, seconds: 0))), at: 0)
        for name in ["s3", "s9"] as [StageName] {
            board.update(Self.event(name, .stageStarted(expectedSeconds: nil)), at: 0)
        }
        let size = TerminalSize(columns: 40, rows: rows)
        let lines = LiveBlock(board: board, size: size, palette: .plain).lines(at: 1)
        #expect(lines.count <= max(1, rows - 1))
        #expect(lines.last == "0/14 · 1.0 s")
        if rows >= 5 && rows < 16 {
            #expect(lines[0].hasPrefix("running   s3 "))
            #expect(lines[1].hasPrefix("running   s9 "))
            #expect(lines[lines.count - 2] == "and \(16 - rows + 1) more")
        }
    }

    @Test func `of many releases only what runs is shown, and how far all are`() {
        var board = LiveBoard(releases: 3)
        for id in ["a", "b"] {
            var plan = Self.event(nil, Self.plan())
            plan.assetId = id
            board.update(plan, at: 0)
            var started = Self.event("source-ami", .stageStarted(expectedSeconds: nil))
            started.assetId = id
            board.update(started, at: 1)
        }
        var ended = Self.event("source-ami", .stageFinished(.succeeded, seconds: 2))
        ended.assetId = "a"
        board.update(ended, at: 3)
        let lines = LiveBlock(board: board, size: size, palette: .plain).lines(at: 3)
        #expect(
            lines == [
                "running   b source-ami  2.0 s", "0 of 3 releases, 1 of 10 stages · 3.0 s",
            ])
    }

    @Test func `a machine that is taken down is seen until it is gone`() {
        var board = LiveBoard()
        let stack = RunEvent.Resource(kind: "stack", region: "r", id: "1", name: "VM")
        let story: [(Double, RunEvent.Kind)] = [
            (0, .stageStarted(expectedSeconds: 60)), (1, .resourceCreated(stack)),
            (60, .stageFinished(.succeeded, seconds: 60)),
            (90, .stageProgress(percent: nil, message: "taking down")),
        ]
        for (seconds, kind) in story {
            board.update(Self.event("instance", kind), at: seconds)
        }
        var lines = LiveBlock(board: board, size: size, palette: .plain).lines(at: 95)
        #expect(lines == ["removing  instance  5.0 s  taking down", "0/1 · 0.0 s"])
        board.update(Self.event("instance", .resourceDeleted(stack)), at: 99)
        lines = LiveBlock(board: board, size: size, palette: .plain).lines(at: 99)
        #expect(lines == ["done      instance  1 min 00 s", "1/1 · 0.0 s"])
    }

    @Test func `a terminal that was made narrower is cleared, and keeps what was worth it`() {
        var screen = LiveScreen(palette: .plain)
        screen.board.update(Self.event(nil, Self.plan()), at: 0)
        _ = screen.draw(above: "warning: first", at: 0, on: size)
        let narrow = screen.draw(above: nil, at: 1, on: TerminalSize(columns: 20, rows: 24))
        #expect(narrow.hasPrefix("\u{1B}[H\u{1B}[2Jwarning: first\nwaiting"))
        let wide = screen.draw(above: nil, at: 2, on: size)
        #expect(wide.hasPrefix("\u{1B}[6A\r\u{1B}[J"))
    }

    @Test func `what is longer than the terminal is wrapped at words, commands in one piece`() {
        let line = "  hint: run `dssbatch clean manifests/release.json` and \u{1B}[33mthen\u{1B}[0m"
        #expect(
            WholeWords.wrapped(line, columns: 30) == [
                "  hint: run", "`dssbatch clean manifests/release.json`",
                "    and \u{1B}[33mthen\u{1B}[0m",
            ])
        #expect(WholeWords.wrapped(line, columns: 80) == [line])
        #expect(WholeWords.columns(line) == 60)
    }

    @Test func `long ids and folders are for those who ask for them`() {
        let digest = String(repeating: "0a", count: 32)
        let things: [(RunEvent.Resource, short: String?, full: String)] = [
            (
                .init(kind: "ec2:image", region: "r", id: "ami-1", name: "Sandbox"),
                "created ec2:image Sandbox ami-1", "created ec2:image Sandbox ami-1"
            ),
            (
                .init(kind: "stack", region: "r", id: "arn:aws:x", name: "VM"),
                "created stack VM", "created stack VM arn:aws:x"
            ),
            (
                .init(kind: "container", region: "r", id: digest, name: nil),
                "created container 0a0a0a0a0a0a", "created container \(digest)"
            ),
            (
                .init(kind: "folder", region: "r", id: nil, name: "/tmp/x"), nil,
                "created folder /tmp/x"
            ),
        ]
        for (thing, short, full) in things {
            let event = Self.event(nil, .resourceCreated(thing))
            #expect(EventText.line(event, .kept, .plain) == nil)
            #expect(EventText.line(event, .short, .plain) == short)
            #expect(EventText.line(event, .full, .plain) == full)
        }
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
