import BuildGraph
import Diagnostics
import FoundationEssentials
import JSON

/// One line of `dssbatch status`.
struct StatusRow {
    private let stage: PlannedStage
    private let stored: StoredResult?
    private let unanswered: Diagnostic?
    private let location: String
    private let now: Date

    /// - Parameters:
    ///   - unanswered: why AWS has not said whether the outputs exist, where it was asked.
    ///   - location: where the results are.
    init(
        _ stage: PlannedStage, _ stored: StoredResult?, unanswered: Diagnostic? = nil,
        in location: String, at now: Date
    ) {
        self.location = location
        self.unanswered = unanswered
        self.now = now
        self.stage = stage
        self.stored = stored
    }

    /// `fresh`, `stale`, `failed`, `removed` or `never ran`.
    private var word: String {
        if stage.state == .fresh { return "fresh" }
        switch stored {
        case nil: return "never ran"
        case .record(let record) where record.error?.code == RecordedError.removedCode:
            return "removed"
        case .record(let record) where record.status == .failed: return "failed"
        default: return "stale"
        }
    }

    /// Name, state, when, how long, and the first reason or the outputs.
    var cells: [String] {
        let run = stored?.record?.run
        return [
            stage.name.rawValue, word, run?.finishedAt ?? "–",
            run.map { Durations.text($0.seconds) } ?? "–", detail,
        ]
    }

    /// The line of `--json`.
    var json: JSONValue {
        let run = stored?.record?.run
        return [
            "event": "status", "time": .string(Timestamp.text(now)),
            "stage": .string(stage.name.rawValue), "status": .string(word),
            "reasons": .array(stage.reasons.map { .string($0.description) }),
            "outputs": stage.outputs ?? nil,
            "finishedAt": run.map { .string($0.finishedAt) } ?? nil,
            "seconds": run.map { .number($0.seconds) } ?? nil,
            "error": failure.map(\.json) ?? nil,
            "unverified": silence.map { .string($0) } ?? nil,
        ]
    }

    /// What the last run failed with.
    private var failure: RecordedError? {
        word == "failed" ? stored?.record?.error?.told(in: location) : nil
    }

    /// Why nobody knows whether the outputs exist.
    private var silence: String? {
        unanswered.map { ([$0.summary] + $0.causes.prefix(1)).joined(separator: ": ") }
    }

    private var detail: String {
        if word == "removed", let error = stored?.record?.error { return error.message }
        if let silence { return "not verified: \(silence)" }
        if let failure, stage.reasons.first == .failedLastTime {
            return "failed last time: \(failure.message)"
                + (failure.log.map { " (log: \($0))" } ?? "")
        }
        if stage.state != .fresh, let reason = stage.reasons.first { return "\(reason)" }
        let shown = ["imageId", "key", "public", "deprecateAt"]
        let texts = shown.compactMap { name in
            stage.outputs?[name].map { $0.stringValue ?? $0.compactText }
        }
        return texts.first ?? ""
    }
}
