import BuildGraph
import Diagnostics
import FoundationEssentials
import JSON

/// The answer of `dssbatch status`, as text and as events.
enum StatusText {
    /// A line a stage: name, state, when, how long, and what there is or the first reason.
    ///
    /// - Parameter columns: the terminal's; nil where there is none, and nothing is cut.
    static func text(
        _ report: StatusReport, _ palette: Palette, columns: Int?, at now: Date
    ) -> String {
        let rows: [[TextTable.Cell]] = report.rows.map { row in
            [
                .init(row.stage.rawValue), .init(row.word.rawValue, .init(row.word)),
                .init(row.run.map { Ages.text($0.finishedAt, at: now) } ?? "–"),
                .init(row.run.map { Durations.text($0.seconds) } ?? "–"), .init(row.detail),
            ]
        }
        return TextTable.text(rows, palette, columns: columns)
    }

    /// The event of `--json`.
    static func json(_ row: StatusReport.Row, at now: Date) -> JSONValue {
        var members: [(String, JSONValue)] = [
            ("event", "status"), ("time", .string(Timestamp.text(now))),
            ("stage", .string(row.stage.rawValue)), ("status", .string(row.word.rawValue)),
            ("reasons", .array(row.reasons.map { .string($0) })),
            ("outputs", row.outputs ?? nil),
            ("finishedAt", row.run.map { .string($0.finishedAt) } ?? nil),
            ("seconds", row.run.map { .number($0.seconds) } ?? nil),
        ]
        if row.word != .superseded {
            members += [
                ("error", row.failure.map(\.json) ?? nil),
                ("unverified", row.silence.map { .string($0) } ?? nil),
            ]
        }
        return JSONValue(members: members)
    }
}
