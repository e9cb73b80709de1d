package import Diagnostics
package import JSON

/// What is recorded, and whether it is fresh: the answer of `status`.
package struct StatusReport: Sendable {
    /// How a stage stands, in a word.
    package enum Word: String, Sendable {
        case fresh, stale, failed, removed, superseded
        case neverRan = "never ran"
    }

    /// One stage.
    package struct Row: Sendable {
        /// The stage's name.
        package let stage: StageName
        /// How it stands.
        package let word: Word
        /// Why it is not fresh, the weightiest first.
        package let reasons: [String]
        /// What it gave, as far as that counts now.
        package let outputs: JSONValue?
        /// Its last run; of what is superseded the last good one.
        package let run: RecordedRun?
        /// What its last run failed with, where nothing weightier is wrong.
        package let failure: RecordedError?
        /// Why nobody knows whether the outputs exist, where AWS was asked.
        package let silence: String?
        /// What a person is told beside the word.
        package let detail: String
    }

    /// Durable stages, ephemeral ones that failed, and what is not asked for any more.
    package let rows: [Row]
    /// What to say at the end where rows have no answer; each row has its own reason.
    package let problem: Diagnostic?

    /// Draws it up.
    ///
    /// - Parameters:
    ///   - unanswered: why AWS has not said whether a stage's outputs exist, where it was asked.
    ///   - recorded: every result there is.
    ///   - location: where the results are.
    package init(
        _ plan: Plan, unanswered: [StageName: Diagnostic], recorded: [StageName: StoredResult],
        in location: String
    ) {
        let stages = plan.stages.filter { stage in
            // What only exists during a run is worth a line where it failed.
            stage.lifetime == .durable || recorded[stage.name]?.record?.status == .failed
        }
        rows =
            stages.map {
                Row($0, recorded[$0.name], unanswered: unanswered[$0.name], in: location)
            } + plan.superseded.map { Row(superseded: $0, recorded[$0]) }
        problem = Self.problem(unanswered.values)
    }

    private static func problem(_ unanswered: some Collection<Diagnostic>) -> Diagnostic? {
        // What may pass counts before what somebody has to put right.
        let worst = unanswered.filter { $0.severity == .failure }
        guard
            let first = (worst.isEmpty ? Array(unanswered) : worst)
                .min(by: { $0.summary < $1.summary })
        else { return nil }
        let count = unanswered.count
        return Diagnostic(
            code: "status.unverified", severity: first.severity,
            summary: count == 1
                ? "one stage's outputs could not be asked about"
                : "the outputs of \(count) stages could not be asked about",
            causes: ["their lines say why"], hint: first.hint, isTrouble: first.isTrouble)
    }
}

extension StatusReport.Row {
    init(
        _ stage: PlannedStage, _ stored: StoredResult?, unanswered: Diagnostic?,
        in location: String
    ) {
        let word = Self.word(stage, stored)
        let error = stored?.record?.error
        self.stage = stage.name
        self.word = word
        reasons = stage.reasons.map(\.description)
        outputs = stage.outputs
        run = stored?.record?.run
        failure = word == .failed ? error?.told(in: location) : nil
        silence = unanswered.map { ([$0.summary] + $0.causes.prefix(1)).joined(separator: ": ") }
        detail =
            if word == .removed, let error {
                error.message
            } else if let silence {
                "not verified: \(silence)"
            } else if let failure,
                stage.lifetime == .ephemeral || stage.reasons.first == .failedLastTime
            {
                "failed last time: \(failure.message)"
                    + (failure.log.map { " (log: \($0))" } ?? "")
            } else if stage.state != .fresh, let reason = reasons.first {
                reason
            } else {
                Self.known(by: stage.outputs)
            }
    }

    fileprivate init(superseded name: StageName, _ stored: StoredResult?) {
        stage = name
        word = .superseded
        reasons = ["no longer asked for"]
        run = stored?.record?.lastGood
        outputs = run?.outputs ?? nil
        failure = nil
        silence = nil
        detail = "no longer asked for: \(outputs?["key"]?.stringValue ?? "–")"
    }

    private static func word(_ stage: PlannedStage, _ stored: StoredResult?) -> StatusReport.Word {
        // A machine that nothing needs any more may have failed all the same.
        if stage.state == .fresh && stage.lifetime == .durable { return .fresh }
        switch stored {
        case nil: return .neverRan
        case .record(let record) where record.error?.code == RecordedError.removedCode:
            return .removed
        case .record(let record) where record.status == .failed: return .failed
        default: return .stale
        }
    }

    /// What an output is known by.
    private static func known(by outputs: JSONValue?) -> String {
        ["imageId", "key", "public", "deprecateAt"].lazy.compactMap { name in
            outputs?[name].map { $0.stringValue ?? $0.compactText }
        }.first ?? ""
    }
}
