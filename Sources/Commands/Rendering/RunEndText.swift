import BuildGraph
import Diagnostics
import Releasing

/// The last words of a run.
enum RunEndText {
    /// What the stages gave that ran, how long all took, and where it is recorded.
    ///
    /// - Parameter earlier: what a run had made before that was cut short.
    static func success(
        _ things: [MadeThing], earlier: [MadeThing] = [], seconds: Double, location: String
    ) -> [String] {
        let made = table(things, below: "done in \(Durations.text(seconds)):")
        let before = table(earlier.filter { !things.contains($0) }, below: "done before:")
        return made + before + ["results are in `\(location)`"]
    }

    private static func table(_ things: [MadeThing], below head: String) -> [String] {
        let rows = things.map { [$0.kind, $0.detail, $0.name] }
        return rows.isEmpty ? [] : [head, TextTable.text(rows)]
    }

    /// What failed, what to do, and what did not start for it; nothing where no stage was begun.
    ///
    /// Each error was told in whole when it happened; by now it may have scrolled away.
    static func failure(_ summary: RunSummary, _ palette: Palette) -> [String] {
        guard summary.stages.contains(where: { $0.seconds > 0 }) else { return [] }
        var lines = summary.stages.filter { $0.status == .failed }
            .flatMap { failure($0, palette) }
        let changed = summary.stages.filter { !$0.changedFiles.isEmpty }
        lines += changed.map {
            "not fresh: \($0.name), of which files changed while it ran: run again"
        }
        let blocked = summary.stages.filter { $0.status == .blocked }.map(\.name.rawValue)
        if !blocked.isEmpty { lines.append("not started: \(blocked.joined(separator: ", "))") }
        return lines
    }

    private static func failure(_ stage: RunSummary.Stage, _ palette: Palette) -> [String] {
        let mark = palette.paint("failed:", .failed)
        let took = "\(mark) \(stage.name) after \(Durations.text(stage.seconds))"
        guard let problem = stage.problem else { return [took] }
        let more: [(String, String?)] = [
            ("at", problem.location), ("because", problem.causes.first), ("log", problem.log),
            ("hint", problem.hint),
        ]
        return ["\(took): \(ShownText.line(problem.summary)) [\(ShownText.line(problem.code))]"]
            + more.compactMap { name, text in
                text.map { "  \(name): \(ShownText.line($0))" }
            }
    }
}
