import BuildGraph
import Diagnostics
import Releasing

/// The last words of a run.
enum RunEndText {
    /// What was made, how long that took, and where it is recorded.
    static func success(_ things: [MadeThing], seconds: Double, location: String) -> [String] {
        let rows = things.map { [$0.kind, $0.detail, $0.name] }
        let made =
            rows.isEmpty ? [] : ["made in \(Durations.text(seconds)):", TextTable.text(rows)]
        return made + ["results are in `\(location)`"]
    }

    /// What failed, what to do, and what did not start for it; nothing where no stage was begun.
    ///
    /// Each error was told in whole when it happened; by now it may have scrolled away.
    static func failure(_ summary: RunSummary, location: String) -> [String] {
        guard summary.stages.contains(where: { $0.seconds > 0 }) else { return [] }
        var lines: [String] = []
        for stage in summary.stages where stage.status == .failed {
            let took = "after \(Durations.text(stage.seconds))"
            guard let problem = stage.problem else {
                lines.append("failed: \(stage.name) \(took)")
                continue
            }
            lines.append("failed: \(stage.name) \(took): \(ShownText.line(problem.summary))")
            if let cause = problem.causes.first {
                lines.append("  because: \(ShownText.line(cause))")
            }
            if let log = problem.log { lines.append("  log: \(log)") }
            if let hint = problem.hint { lines.append("  hint: \(ShownText.line(hint))") }
        }
        let blocked = summary.stages.filter { $0.status == .blocked }.map(\.name.rawValue)
        if !blocked.isEmpty { lines.append("not started: \(blocked.joined(separator: ", "))") }
        return lines.isEmpty ? [] : lines + ["results are in `\(location)`"]
    }
}
