import BuildGraph

/// The lines at the foot of the terminal; a pure function of what goes on and of the terminal.
struct LiveBlock {
    let board: LiveBoard
    let size: TerminalSize
    let palette: Palette

    /// What a share is drawn with, in cells.
    private static let barCells = 10
    /// So many columns every state has but the rare ones.
    private static let stateWidth = "removing".count

    /// The lines at a time, none longer than the terminal, and never more than it has: those of
    /// stages, what was left out, and the sum.
    func lines(at now: Double) -> [String] {
        guard !board.stages.isEmpty else { return [] }
        // The cursor stands below the block.
        let room = max(1, size.rows - 1)
        let isMatrix = board.releases != nil
        let shown = board.stages.filter { !isMatrix || $0.isActive }
        let most = shown.count + 1 <= room ? shown.count : max(0, room - 2)
        let chosen = most == shown.count ? shown : Self.first(most, of: shown)
        let width = chosen.map(\.name.count).max() ?? 0
        var lines = chosen.map { line($0, nameWidth: width, now) }
        if chosen.count < shown.count && room > 1 {
            lines.append(cut("and \(shown.count - chosen.count) more"))
        }
        return lines + [cut(sum(now))]
    }

    /// One column less than there are: a full line would wrap and spoil the count.
    private var columns: Int { max(1, size.columns - 1) }

    private func cut(_ text: String) -> String { String(text.prefix(columns)) }

    /// As many as there is room for: running ones first, then those that failed, that wait, and
    /// that are done; each group in the order of the plan.
    private static func first(_ count: Int, of stages: [LiveBoard.Stage]) -> [LiveBoard.Stage] {
        let ranked = stages.indices.sorted {
            (rank(stages[$0]), $0) < (rank(stages[$1]), $1)
        }
        return ranked.prefix(count).map { stages[$0] }
    }

    private static func rank(_ stage: LiveBoard.Stage) -> Int {
        switch stage.state {
        case .running, .takingDown: 0
        case .ended(.failed): 1
        case .waiting: 2
        case .ended: 3
        }
    }

    /// State, name, and of the rest what fits: half a number would be another one.
    private func line(_ stage: LiveBoard.Stage, nameWidth: Int, _ now: Double) -> String {
        let (word, meaning) = Self.word(stage.state)
        let head = word + Self.gap(Self.stateWidth - word.count) + "  "
        // Names stand in a column where that leaves room for what comes behind them.
        let isWide = head.count + nameWidth + 12 <= columns
        let name = stage.name + Self.gap(isWide ? nameWidth - stage.name.count : 0)
        var length = head.count + name.count
        guard length <= columns else { return cut(head + stage.name) }
        var line = palette.paint(word, meaning) + head.dropFirst(word.count) + name
        for part in parts(stage, now) where length + part.count <= columns {
            line += part
            length += part.count
        }
        if stage.isActive, !stage.message.isEmpty {
            let message = WholeWords.cut(stage.message, room: columns - length - 2)
            if !message.isEmpty { line += "  " + palette.paint(message, .faint) }
        }
        while line.last == " " { line.removeLast() }
        return line
    }

    private static func word(_ state: LiveBoard.Stage.State) -> (String, Palette.Meaning) {
        switch state {
        case .waiting: ("waiting", .faint)
        case .running: ("running", .run)
        case .takingDown: ("removing", .warning)
        case .ended(.succeeded): ("done", .fresh)
        case .ended(.cancelled): ("stopped", .warning)
        case .ended(let status): (status.rawValue, Palette.Meaning(status))
        }
    }

    private func parts(_ stage: LiveBoard.Stage, _ now: Double) -> [String] {
        switch stage.state {
        case .waiting: return stage.expectedSeconds.map { ["  " + Durations.about($0)] } ?? []
        case .ended: return ["  " + Durations.text(stage.seconds)]
        case .running, .takingDown:
            var parts = ["  " + Durations.text(now - stage.startedAt)]
            if let expected = stage.expectedSeconds {
                parts.append(" of \(Durations.about(expected))")
            }
            if let percent = stage.percent {
                if size.columns >= 60 { parts.append("  " + Self.bar(percent)) }
                parts.append("  \(Int(percent)) %")
            }
            return parts
        }
    }

    private static func bar(_ percent: Double) -> String {
        let full = max(0, min(barCells, Int(percent / 100 * Double(barCells))))
        return String(repeating: "█", count: full)
            + String(repeating: "░", count: barCells - full)
    }

    /// `9/14 · 12 min 05 s of about 20 min`, and of many releases
    /// `3 of 8 releases, 41 of 112 stages`.
    private func sum(_ now: Double) -> String {
        let (ended, all) = (board.ended, board.stages.count)
        let count =
            board.releases.map {
                "\(board.endedReleases) of \($0) releases, \(ended) of \(all) stages"
            } ?? "\(ended)/\(all)"
        let elapsed = " · " + Durations.text(now - (board.startedAt ?? now))
        let whole =
            board.expectedSeconds > 0 ? " of \(Durations.about(board.expectedSeconds))" : ""
        for text in [count + elapsed + whole, count + elapsed] where text.count <= columns {
            return text
        }
        return count
    }

    private static func gap(_ count: Int) -> String { String(repeating: " ", count: max(0, count)) }
}
