import BuildGraph

/// A plan as text.
enum PlanText {
    /// How a plan is shown.
    struct Form: Sendable {
        /// Whether every reason is told, below its stage.
        var explain = false
        var palette = Palette.plain
        /// The terminal's; nil where there is none, and nothing is cut.
        var columns: Int?
    }

    /// So many columns every state has: where one table ends, the next stands the same.
    private static let stateWidth = StageState.allCases.map(\.rawValue.count).max() ?? 0
    private static let indent = String(repeating: " ", count: stateWidth + 4)

    /// A table of the listed stages, and the sums.
    static func text(_ plan: Plan, _ form: Form) -> String {
        (lines(plan, form) + [summary(plan)]).joined(separator: "\n")
    }

    /// A row for every listed stage: state, name, how long about, and the lowest cause; below it
    /// what it does to what is there.
    static func lines(_ plan: Plan, _ form: Form) -> [String] {
        let rows: [[TextTable.Cell]] = plan.stages.map { stage in
            let isFresh = stage.state == .fresh
            return [
                .init(padded(stage.state), .init(stage.state)), .init(stage.name.rawValue),
                .init(isFresh ? "" : stage.expectedSeconds.map(Durations.about) ?? ""),
                .init(plan.cause(of: stage)?.description ?? ""),
            ]
        }
        let table = TextTable.lines(rows, form.palette, columns: form.columns)
        return zip(plan.stages, table).flatMap { stage, row in
            [row] + effects(of: stage, form)
                + (form.explain ? stage.reasons.map { "\(indent)\($0)" } : [])
        }
    }

    private static func padded(_ state: StageState) -> String {
        let word = state.rawValue
        return word + String(repeating: " ", count: stateWidth - word.count)
    }

    private static func effects(of stage: PlannedStage, _ form: Form) -> [String] {
        guard stage.state == .run else { return [] }
        return stage.effects.lines.map { line in
            indent + form.palette.paint(line.text, line.isOfPublished ? .warning : nil)
        }
    }

    /// How many stages are in which state, and what those come to that run.
    static func summary(_ plan: Plan) -> String {
        let notes = plan.notes.map { "; \($0)" }.joined()
        if plan.isFresh { return "everything is fresh" + notes }
        return (counts([plan]) + PlanSums.parts([plan])).joined(separator: ", ") + notes
    }

    /// How many stages of the plans are in which state.
    ///
    /// - Parameter states: those that are worth telling.
    static func counts(
        _ plans: [Plan], _ states: [StageState] = [.run, .maybe, .blocked, .fresh]
    ) -> [String] {
        states.compactMap { state in
            let count = plans.reduce(0) { $0 + $1.names(state).count }
            return count == 0 ? nil : "\(count) \(state.rawValue)"
        }
    }
}
