import BuildGraph
import Diagnostics
import FoundationEssentials
import JSON

/// A line of `dssbatch status` for what the manifest does not ask for any more.
struct SupersededRow {
    let name: StageName
    let stored: StoredResult?
    let now: Date

    private static let word = "superseded"

    private var run: RecordedRun? { stored?.record?.lastGood }

    /// Name, state, when, how long, and what there is.
    var cells: [String] {
        [
            name.rawValue, Self.word, run?.finishedAt ?? "–",
            run.map { Durations.text($0.seconds) } ?? "–",
            "no longer asked for: \(run?.outputs?["key"]?.stringValue ?? "–")",
        ]
    }

    /// The line of `--json`.
    var json: JSONValue {
        [
            "event": "status", "time": .string(Timestamp.text(now)),
            "stage": .string(name.rawValue), "status": .string(Self.word),
            "reasons": ["no longer asked for"], "outputs": run?.outputs ?? nil,
            "finishedAt": run.map { .string($0.finishedAt) } ?? nil,
            "seconds": run.map { .number($0.seconds) } ?? nil,
        ]
    }
}
