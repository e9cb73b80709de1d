package import Diagnostics
package import JSON

/// The contents of a result file: a stage's last run, its last good one and some before.
package struct ResultRecord: Sendable, Equatable {
    /// How the last run ended.
    package enum Status: String, Sendable {
        case succeeded
        case failed
    }

    /// How many earlier good runs are kept.
    static let historyLimit = 5

    /// Whose result this is.
    package var stage: StageName
    /// The asset that it is of.
    package var assetId: String
    /// How the last run ended.
    package var status: Status
    /// The last run.
    package var run: RecordedRun
    /// Why the last run failed.
    package var error: RecordedError?
    /// The last good run, where the last run failed.
    package var previous: RecordedRun?
    /// Earlier good runs whose outputs were not overwritten since, the newest first.
    package var history: [RecordedRun]
    /// Good runs whose outputs others took the place of and that still exist, the newest first,
    /// without limit, until `retire` takes them.
    package var replaced: [RecordedRun]
    /// Whose all this is, written by the store; nil where a program recorded it that knew of none.
    package var realm: Realm?

    /// What tells recorded outputs from others, as the stage sees it now; nil where it cannot.
    package typealias Identify = @Sendable (JSONValue) -> String?

    /// A recorded run as it counts now: older programs made keys of more than is an input today.
    package typealias Counting = (RecordedRun) -> RecordedRun

    /// Makes a record; see the properties.
    package init(
        stage: StageName, assetId: String, status: Status, run: RecordedRun,
        error: RecordedError? = nil, previous: RecordedRun? = nil, history: [RecordedRun] = [],
        replaced: [RecordedRun] = []
    ) {
        self.stage = stage
        self.assetId = assetId
        self.status = status
        self.run = run
        self.error = error
        self.previous = previous
        self.history = history
        self.replaced = replaced
    }

    /// The last run that gave outputs.
    package var lastGood: RecordedRun? { status == .succeeded ? run : previous }

    /// The record after another good run.
    ///
    /// Earlier runs whose outputs had the same identity are forgotten: they were overwritten. All
    /// others stay under `replaced`. None but those after the last attempt with another key that
    /// failed are taken up again: nobody knows what that one overwrote before it failed.
    package static func success(
        _ run: RecordedRun, of stage: StageName, assetId: String, after earlier: ResultRecord?,
        counting: Counting = { $0 }, identify: Identify = { _ in nil }
    ) -> ResultRecord {
        let identity = run.identity(identify)
        var kept: [RecordedRun] = []
        if let earlier, earlier.status == .succeeded || counting(earlier.run).key == run.key {
            kept = earlier.allGood.filter { old in
                old.identity != nil
                    && old.identity(identify).map(ExactText.init) != identity.map(ExactText.init)
                    && counting(old).key != run.key
            }
        }
        return ResultRecord(
            stage: stage, assetId: assetId, status: .succeeded, run: run,
            history: Array(kept.prefix(historyLimit)),
            replaced: claims(earlier?.everyGood ?? [], besides: identity, identify))
    }

    /// The record after a failure; what was good stays under `previous` and `history`.
    package static func failure(
        _ run: RecordedRun, _ problem: Diagnostic, of stage: StageName, assetId: String,
        after earlier: ResultRecord?, counting: Counting = { $0 },
        identify: Identify = { _ in nil }
    ) -> ResultRecord {
        var previous = earlier?.lastGood
        var history = earlier?.history ?? []
        let others = (earlier?.replaced ?? []) + history
        let replaced = claims(others, besides: previous?.identity(identify), identify)
        if let earlier, earlier.status == .failed, counting(earlier.run).key != run.key {
            // Without an identity it is never taken up again; only its outputs can be shown.
            previous?.identity = nil
            history = []
        }
        var error = RecordedError(problem)
        // Results may move, and their logs with them.
        error.log = problem.log.map { _ in StageLog.file(of: stage) }
        return ResultRecord(
            stage: stage, assetId: assetId, status: .failed, run: run, error: error,
            previous: previous, history: history, replaced: replaced)
    }

    /// The record with an earlier good run as the current one; nil where it holds no such run.
    package func promoting(
        key: String, identify: Identify = { _ in nil }
    ) -> ResultRecord? {
        guard let place = history.firstIndex(where: { $0.key == key }) else { return nil }
        var rest = history
        let promoted = rest.remove(at: place)
        if let current = lastGood { rest.insert(current, at: 0) }
        return ResultRecord(
            stage: stage, assetId: assetId, status: .succeeded, run: promoted,
            history: Array(rest.prefix(Self.historyLimit)),
            replaced: Self.claims(everyGood, besides: promoted.identity(identify), identify))
    }

    /// The last good run, then the history.
    var allGood: [RecordedRun] { (lastGood.map { [$0] } ?? []) + history }

    /// Every good run that the record knows, the last one first.
    package var everyGood: [RecordedRun] { allGood + replaced }

    /// One run for each thing that those runs made and that is still there.
    ///
    /// - Parameter current: the identity of what is no longer, or not yet, replaced.
    private static func claims(
        _ runs: [RecordedRun], besides current: String?, _ identify: Identify
    ) -> [RecordedRun] {
        var seen = Set([current].compactMap { $0.map(ExactText.init) })
        return runs.filter { run in
            guard run.outputs != nil, let identity = run.identity(identify) else { return false }
            return seen.insert(ExactText(identity)).inserted
        }
    }
}

extension RecordedRun {
    /// What tells its outputs from others: as the stage sees it now, or else as it did then.
    package func identity(_ identify: ResultRecord.Identify) -> String? {
        outputs.flatMap(identify) ?? identity
    }
}
