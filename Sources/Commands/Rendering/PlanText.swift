import BuildGraph

/// A plan as text.
enum PlanText {
    /// Every listed stage with its state, and how many are in which; with `explain`, every reason.
    static func text(_ plan: Plan, explain: Bool) -> String {
        (lines(plan, explain: explain) + [summary(plan)]).joined(separator: "\n")
    }

    /// Every listed stage with its state; with `explain`, every reason below it.
    static func lines(_ plan: Plan, explain: Bool) -> [String] {
        let width = plan.stages.map { $0.name.rawValue.count }.max() ?? 0
        var lines: [String] = []
        for stage in plan.stages {
            let name = stage.name.rawValue
            let padding = String(repeating: " ", count: width - name.count)
            let state = stage.state.rawValue
            let gap = String(repeating: " ", count: max(0, 9 - state.count))
            var line = "\(state)\(gap)\(name)"
            if stage.state != .fresh, let seconds = stage.expectedSeconds {
                line += "\(padding)  about \(Durations.text(seconds))"
            }
            lines.append(line)
            if stage.state == .run { lines += stage.effects.lines.map { "           \($0)" } }
            if explain { lines += stage.reasons.map { "           \($0)" } }
        }
        return lines
    }

    /// How much is replaced and deleted, and how long it all took last time.
    static func sums(_ sums: Plan.Sums) -> String {
        var parts: [String] = []
        if sums.replaces > 0 { parts.append("replaces \(sums.replaces)") }
        if sums.deletes > 0 { parts.append("deletes \(sums.deletes)") }
        if sums.seconds > 0 { parts.append("about \(Durations.text(sums.seconds))") }
        return parts.isEmpty ? "" : "; " + parts.joined(separator: ", ")
    }

    /// How many stages are in which state, in one line.
    static func summary(_ plan: Plan) -> String {
        let notes = plan.notes.map { "; \($0)" }.joined()
        if plan.isFresh { return "everything is fresh" + notes }
        let counts: [(StageState, String)] = [
            (.run, "to run"), (.maybe, "may run"), (.blocked, "blocked"), (.fresh, "fresh"),
        ]
        return counts.compactMap { state, words in
            let count = plan.names(state).count
            return count == 0 ? nil : "\(count) \(words)"
        }.joined(separator: ", ") + sums(plan.sums) + notes
    }
}

/// What a stage would change, as text.
enum PreviewText {
    /// A line about the stage, and a table of the changes below it.
    static func text(_ preview: StagePreview, of stage: StageName?) -> String {
        let title = (stage.map { "\($0): " } ?? "") + preview.title
        if preview.rows.isEmpty { return "\n" + title }
        let table = TextTable.text(preview.rows).split(separator: "\n").map { "  \($0)" }
        return "\n" + ([title] + table).joined(separator: "\n")
    }
}
