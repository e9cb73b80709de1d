package import Diagnostics

/// The contents of a result file: a stage's last run, its last good one and some before.
package struct ResultRecord: Sendable, Equatable {
    /// How the last run ended.
    package enum Status: String, Sendable {
        case succeeded
        case failed
    }

    /// How many earlier good runs are kept.
    static let historyLimit = 5

    package var stage: StageName
    package var assetId: String
    package var status: Status
    /// The last run.
    package var run: RecordedRun
    /// Why the last run failed.
    package var error: RecordedError?
    /// The last good run, where the last run failed.
    package var previous: RecordedRun?
    /// Earlier good runs whose outputs were not overwritten since, the newest first.
    package var history: [RecordedRun]

    /// Makes a record; see the properties.
    package init(
        stage: StageName, assetId: String, status: Status, run: RecordedRun,
        error: RecordedError? = nil, previous: RecordedRun? = nil, history: [RecordedRun] = []
    ) {
        self.stage = stage
        self.assetId = assetId
        self.status = status
        self.run = run
        self.error = error
        self.previous = previous
        self.history = history
    }

    /// The last run that gave outputs.
    package var lastGood: RecordedRun? { status == .succeeded ? run : previous }

    /// The record after another good run.
    ///
    /// Earlier runs whose outputs had the same identity are forgotten: they were overwritten. So
    /// is everything earlier where an attempt with another key failed in between, because
    /// nobody knows what that one overwrote before it failed.
    package static func success(
        _ run: RecordedRun, of stage: StageName, assetId: String, after earlier: ResultRecord?
    ) -> ResultRecord {
        var kept: [RecordedRun] = []
        if let earlier, earlier.status == .succeeded || earlier.run.key == run.key {
            kept = earlier.allGood.filter { old in
                old.identity != nil && old.identity != run.identity && old.key != run.key
            }
        }
        return ResultRecord(
            stage: stage, assetId: assetId, status: .succeeded, run: run,
            history: Array(kept.prefix(historyLimit)))
    }

    /// The record after a failure; what was good stays under `previous` and `history`.
    package static func failure(
        _ run: RecordedRun, _ problem: Diagnostic, of stage: StageName, assetId: String,
        after earlier: ResultRecord?
    ) -> ResultRecord {
        var previous = earlier?.lastGood
        var history = earlier?.history ?? []
        if let earlier, earlier.status == .failed, earlier.run.key != run.key {
            // Without an identity it is never taken up again; only its outputs can be shown.
            previous?.identity = nil
            history = []
        }
        return ResultRecord(
            stage: stage, assetId: assetId, status: .failed, run: run,
            error: RecordedError(
                code: problem.code, message: problem.summary, hint: problem.hint),
            previous: previous, history: history)
    }

    /// The record with an earlier good run as the current one; nil where it holds no such run.
    package func promoting(key: String) -> ResultRecord? {
        guard let place = history.firstIndex(where: { $0.key == key }) else { return nil }
        var rest = history
        let promoted = rest.remove(at: place)
        if let current = lastGood { rest.insert(current, at: 0) }
        return ResultRecord(
            stage: stage, assetId: assetId, status: .succeeded, run: promoted,
            history: Array(rest.prefix(Self.historyLimit)))
    }

    /// The last good run, then the history.
    var allGood: [RecordedRun] { (lastGood.map { [$0] } ?? []) + history }
}
