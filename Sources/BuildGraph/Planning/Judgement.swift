import JSON

/// Whether one durable stage is up to date, with the reasons why not.
struct Judgement: Sendable, Equatable {
    var state: StageState
    var reasons: [Reason]
    /// The recorded run whose outputs count, where the stage is fresh.
    var match: RecordedRun?
    /// Whether `match` is an earlier run and not the current one.
    var isPromotion = false

    /// Judges a stage; pure.
    ///
    /// `maybe` means exactly: some outputs of the stages that are still to run would make a
    /// recorded run match, so only they decide.
    ///
    /// - Parameters:
    ///   - material: what its key is made of now.
    ///   - stored: what is recorded of it.
    ///   - own: reasons that hold whatever is recorded, such as `forced`.
    ///   - whatIf: files that only count as changed.
    ///   - unfit: keys of earlier runs that cannot be taken up again.
    init(
        _ material: KeyMaterial, stored: StoredResult?, own: [Reason], whatIf: Set<String> = [],
        unfit: Set<String> = []
    ) {
        switch stored {
        case nil: self.init(state: .run, reasons: [.neverRan] + own.filter { $0 == .forced })
        case .unreadable(let cause):
            self.init(state: .run, reasons: [.resultUnreadable(cause)] + own)
        case .record(let record) where record.status == .failed:
            let differences = Self.differences(material, material.counting(record.run), whatIf)
            self.init(state: .run, reasons: [.failedLastTime] + own + differences)
        case .record(let record): self.init(material, record, own, whatIf, unfit)
        }
    }

    private init(state: StageState, reasons: [Reason]) {
        self.state = state
        self.reasons = reasons
    }

    private init(
        _ material: KeyMaterial, _ record: ResultRecord, _ own: [Reason], _ whatIf: Set<String>,
        _ unfit: Set<String>
    ) {
        let recorded = [record.run] + record.history.filter { !unfit.contains($0.key) }
        let candidates = recorded.map(material.counting)
        if own.isEmpty, let key = material.key {
            if let place = candidates.firstIndex(where: { $0.key == key && $0.outputs != nil }) {
                self.init(state: .fresh, reasons: [])
                match = recorded[place]
                isPromotion = place > 0
                return
            }
        }
        var reasons = own + Self.differences(material, candidates[0], whatIf)
        reasons += material.unknown.sorted().filter { name in
            !reasons.contains { $0.upstreamStage == name }
        }.map { .stageMayChange($0) }
        if reasons.isEmpty {
            reasons = [.resultUnreadable("its `key` is not the digest of its `inputs`")]
        }
        let isOpen =
            own.isEmpty && !material.unknown.isEmpty
            && candidates.contains { $0.outputs != nil && material.couldMatch($0) }
        self.init(state: isOpen ? .maybe : .run, reasons: reasons)
    }

    private static func differences(
        _ material: KeyMaterial, _ run: RecordedRun, _ whatIf: Set<String>
    ) -> [Reason] {
        let all = material.differences(from: run)
        if whatIf.isEmpty { return all }
        return all.map { reason in
            switch reason {
            case .fileChanged(let path, _, _) where whatIf.contains(path): .whatIf(path)
            case .fileAdded(let path, _) where whatIf.contains(path): .whatIf(path)
            default: reason
            }
        }
    }
}

/// What a plan says of a stage.
package enum StageState: String, Sendable, CaseIterable {
    /// Up to date, or an ephemeral stage that nothing needs.
    case fresh
    /// It will run.
    case run
    /// It runs only if an upstream stage's outputs come out different.
    case maybe
    /// It would have to run and cannot.
    case blocked
}
