import BuildGraph
import Diagnostics
import FoundationEssentials
import JSON

/// The answer of `dssbatch status`, as text and as events.
enum StatusText {
    /// A line a stage: name, state, when, how long, and what there is or the first reason.
    static func text(_ report: StatusReport) -> String {
        TextTable.text(
            report.rows.map { row in
                [
                    row.stage.rawValue, row.word.rawValue, row.run?.finishedAt ?? "–",
                    row.run.map { Durations.text($0.seconds) } ?? "–", row.detail,
                ]
            })
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
